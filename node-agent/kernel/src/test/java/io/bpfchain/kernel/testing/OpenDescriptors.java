package io.bpfchain.kernel.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Counts this process's descriptors of BPF objects and cgroup directories, which is what a leak of ours would be. */
public final class OpenDescriptors {
    /** What /proc shows for a program, map, link or BTF. */
    private static final Pattern OBJECT = Pattern.compile("anon_inode:.*(bpf|btf)");

    private OpenDescriptors() {}

    /** What they refer to, sorted, for comparing before and after. */
    public static List<String> ofBpf() {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.map(OpenDescriptors::target)
                    .flatMap(Optional::stream)
                    .filter(t -> OBJECT.matcher(t).lookingAt()
                            || t.contains("bpfchain-test")
                            || t.startsWith(TestCgroup.mount().toString()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> target(Path fd) {
        try {
            return Optional.of(Files.readSymbolicLink(fd).toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
