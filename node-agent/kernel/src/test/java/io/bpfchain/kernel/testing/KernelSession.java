package io.bpfchain.kernel.testing;

import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.BpffsSearch;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel.Observation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** A main class for another process: looks at the egress list of a cgroup, or replaces a program there, and prints what came back. */
public final class KernelSession {
    private KernelSession() {}

    /** {@code <bpffs> <cgroup path> observe}, or {@code <bpffs> <cgroup path> replace <old id> <new id>}. */
    public static void main(String[] arguments) throws IOException {
        try (CgroupKernel kernel = new CgroupKernel(TestCgroup.mount(), bpffs(Path.of(arguments[0])))) {
            kernel.rescan();
            Hook hook = new Hook(kernel.cgroup(arguments[1]), AttachType.CGROUP_INET_EGRESS);
            if (arguments[2].equals("replace")) {
                System.out.println(kernel.replace(hook, id(arguments[3]), id(arguments[4]), OptionalLong.empty()));
                return;
            }
            switch (kernel.observe(hook)) {
                case Observation.Seen seen ->
                    seen.hook().entries().forEach(entry -> System.out.println(entry + " " + entry.holder()));
                case Observation.Failed failed -> System.out.println(failed);
            }
        }
    }

    private static Bpffs bpffs(Path directory) {
        return switch (BpffsSearch.find(Optional.of(directory))) {
            case BpffsSearch.Result.Found found -> found.bpffs();
            case BpffsSearch.Result.Missing missing -> throw new IllegalArgumentException(missing.message());
        };
    }

    private static EntryId id(String text) {
        return new EntryId(Integer.parseUnsignedInt(text));
    }
}
