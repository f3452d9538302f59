package io.bpfchain.agent.cli;

import io.bpfchain.agent.state.Digests;
import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.kernel.NativeLibrary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;

/**
 * Initialises what every command that reads chain files needs next (YAML, the schema, digests, the native library) while the command
 * line is being parsed: a command is over so soon that most of its time goes into code that runs for the first time. Nothing depends
 * on it, and what it did not come to is initialised when it is needed.
 */
final class Warmup {
    private static final Set<String> READ_FILES = Set.of("apply", "plan", "delete", "run");

    private static final String CHAIN = """
            apiVersion: bpfchain.io/v1alpha1
            kind: CgroupProgramChain
            metadata: {name: warm-up}
            spec:
              attachType: cgroup_inet_egress
              cgroup: {path: /}
              objects:
              - {name: object, source: {file: {path: object.o}}, globals: {limit: 1}}
              programs:
              - {name: program}
            """;

    private Warmup() {}

    /** Begins, if one of the commands wants it; returns at once. */
    static void begin(Set<String> commands) {
        if (!Collections.disjoint(commands, READ_FILES)) {
            Thread.ofPlatform()
                    .daemon()
                    .name("warm-up")
                    .uncaughtExceptionHandler((thread, e) -> {}) // it fails again where it is needed, and is told there
                    .start(Warmup::run);
        }
    }

    private static void run() {
        var _ = NativeLibrary.problem();
        var _ = new ChainFiles().parse("warm-up", CHAIN, Path.of("/"));
        var _ = Digests.of(CHAIN.getBytes(StandardCharsets.UTF_8));
    }
}
