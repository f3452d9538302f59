package io.bpfchain.agent.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.kernel.MountTable;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each file of {@code mountinfo/} is a machine; its comments say what must come of it. */
class CgroupRootTest {
    static List<Path> machines() throws IOException, URISyntaxException {
        Path directory = Path.of(Objects.requireNonNull(CgroupRootTest.class.getResource("/mountinfo"))
                .toURI());
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("machines")
    void findsTheHierarchyOfEveryMachine(Path machine) throws IOException {
        String text = Files.readString(machine);
        CgroupRoot root = CgroupRoot.decide(MountTable.parse(text), Optional.empty());
        if (machine.getFileName().toString().startsWith("valid-")) {
            assertThat(root).isEqualTo(new CgroupRoot.Found(Path.of(comment(text, "expect"))));
        } else {
            Problem problem = ((CgroupRoot.NotFound) root).problem();
            assertThat(problem.message()).isEqualTo(comment(text, "expect"));
            assertThat(problem.remedy()).isEqualTo(comment(text, "remedy"));
            assertThat(problem.kind()).isEqualTo(Problem.Kind.REFUSED);
        }
    }

    @Test
    void takesTheDirectoryThatTheUserChose() throws IOException, URISyntaxException {
        String parts = Files.readString(machines().stream()
                .filter(m -> m.endsWith("invalid-only-parts.txt"))
                .findFirst()
                .orElseThrow());
        Path chosen = Path.of("/mnt/sibling/below");
        assertThat(CgroupRoot.decide(MountTable.parse(parts), Optional.of(chosen)))
                .isEqualTo(new CgroupRoot.Found(chosen));
    }

    @Test
    void refusesAChosenDirectoryThatIsNotOnCgroup2() throws IOException, URISyntaxException {
        String pure = Files.readString(machines().stream()
                .filter(m -> m.endsWith("valid-pure.txt"))
                .findFirst()
                .orElseThrow());
        CgroupRoot root = CgroupRoot.decide(MountTable.parse(pure), Optional.of(Path.of("/var/lib")));
        assertThat(root)
                .isEqualTo(new CgroupRoot.NotFound(new Problem(
                        Problem.Kind.REFUSED,
                        "NotCgroup2",
                        "/var/lib",
                        "use /var/lib as cgroup root: it lies on a ext4 mount, not on cgroup2",
                        "Name a directory below /sys/fs/cgroup.")));
    }

    @Test
    void refusesAChosenDirectoryThatDoesNotExist() {
        CgroupRoot root = CgroupRoot.find(Optional.of(Path.of("/no/such/directory")));
        assertThat(((CgroupRoot.NotFound) root).problem().message())
                .isEqualTo("use /no/such/directory as cgroup root: no such directory");
    }

    private static String comment(String text, String name) {
        List<String> found = text.lines()
                .filter(l -> l.startsWith("# " + name + ": "))
                .map(l -> l.substring(name.length() + 4))
                .toList();
        assertThat(found).as("comment " + name).hasSize(1);
        return found.getFirst();
    }
}
