package io.bpfchain.agent.bench;

import io.bpfchain.kernel.testing.BpfCompiler;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whole commands of the distribution, from fork to exit, as a shell would start them. */
final class CommandFigures implements AutoCloseable {
    private static final int RUNS = 15;
    private static final long MOST_KIB = 80 * 1024;

    private final Baseline baseline;
    private final Path work;
    private final TestBpffs bpffs = TestBpffs.mount();
    private final TestCgroup parent = TestCgroup.create();
    private final String bpfchain;

    CommandFigures(Baseline baseline, Path distribution) throws IOException {
        this.baseline = baseline;
        this.work = Files.createTempDirectory("bpfchain-bench");
        this.bpfchain = distribution.resolve("bin/bpfchain") + " --state-dir " + work.resolve("state") + " --bpffs "
                + bpffs.directory() + " ";
    }

    /** A plan and an apply that have nothing to do. */
    List<Figure> nothingToDo() throws IOException {
        Path chains = Files.createDirectory(work.resolve("chains"));
        for (int i = 0; i < 10; i++) {
            chain(chains, "bench-" + i, parent.child("c" + i).path(), 10, "1");
        }
        succeed("apply -f " + chains);
        List<Figure> figures = new ArrayList<>();
        for (String command : List.of("plan", "apply")) {
            List<Long> durations = new ArrayList<>();
            long peak = 0;
            for (int i = 0; i < RUNS; i++) {
                Baseline.Run run = succeed(command + " -f " + chains);
                durations.add(run.nanoseconds());
                peak = Math.max(peak, run.peakKiB());
            }
            String what = command + " of 10 unchanged chain files of 10 programs, whole process";
            figures.add(Figure.absolute(
                    what, Samples.of(durations), Duration.ofMillis(500).toNanos()));
            figures.add(new Figure(
                    what + ": peak resident",
                    mebibytes(peak),
                    "",
                    mebibytes(peak),
                    "at most 80 MiB",
                    peak <= MOST_KIB));
        }
        for (int i = 0; i < 10; i++) {
            succeed("delete chain bench-" + i);
        }
        return figures;
    }

    /** A fresh process that changes 10 programs on 1,000 cgroups. */
    Figure freshApply() throws IOException {
        for (int i = 0; i < 1_000; i++) {
            parent.child("many/c" + i);
        }
        baseline.ask("setup " + parent.child("baseline").directory() + " 1000 10");
        Path directory = Files.createDirectory(work.resolve("fresh"));
        String glob = parent.path() + "/many/c*";
        chain(directory, "fresh", glob, 10, "0");
        succeed("apply -f " + directory);
        List<Long> ours = new ArrayList<>();
        List<Long> theirs = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            chain(directory, "fresh", glob, 10, Integer.toString(i + 1));
            ours.add(succeed("apply -f " + directory).nanoseconds());
            theirs.add(baseline.nanoseconds("commit"));
        }
        succeed("delete chain fresh");
        baseline.ask("quit");
        return Figure.difference(
                "a fresh `bpfchain apply` of 10 new programs on 1,000 cgroups, whole process, against C's system calls alone",
                Samples.of(ours),
                Samples.of(theirs),
                Duration.ofMillis(300).toNanos());
    }

    /** 10,000 declared prefixes into a live map. */
    Figure entries() throws IOException {
        Path directory = Files.createDirectory(work.resolve("entries"));
        Path object = BpfCompiler.compile("""
                #include <linux/bpf.h>
                #include <bpf/bpf_helpers.h>
                struct key { __u32 prefixlen; __u8 address[4]; };
                struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(map_flags, BPF_F_NO_PREALLOC); __uint(max_entries, 20000);
                         __type(key, struct key); __type(value, __u32); } prefixes SEC(".maps");
                SEC("cgroup_skb/egress") int look(struct __sk_buff *skb) {
                    struct key key = { .prefixlen = 32 };
                    return bpf_map_lookup_elem(&prefixes, &key) ? 0 : 1;
                }
                char _license[] SEC("license") = "GPL";
                """);
        List<Long> durations = new ArrayList<>();
        TestCgroup cgroup = parent.child("entries");
        for (int run = 0; run < 5; run++) {
            prefixes(directory, object, cgroup, 1);
            succeed("apply -f " + directory.resolve("chain.yaml"));
            prefixes(directory, object, cgroup, 10_000);
            durations.add(succeed("apply -f " + directory.resolve("chain.yaml")).nanoseconds());
            succeed("delete chain prefixes");
        }
        return Figure.absolute(
                "10,000 LPM prefixes into a live map (`bpfchain apply`, verified by reading back), whole process",
                Samples.of(durations),
                Duration.ofSeconds(1).toNanos());
    }

    private static void prefixes(Path directory, Path object, TestCgroup cgroup, int count) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append(String.format(Locale.ROOT, "10.%d.%d.0/24 1%n", i / 256, i % 256));
        }
        Files.writeString(directory.resolve("prefixes.txt"), lines);
        Files.writeString(directory.resolve("chain.yaml"), """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: prefixes}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {path: %s}
                  objects:
                  - name: lookup
                    source: {file: {path: %s}}
                    maps:
                    - {name: prefixes, entriesFrom: {file: {path: prefixes.txt}}}
                  programs:
                  - {name: look}
                """.formatted(cgroup.path(), object));
    }

    private static void chain(Path directory, String name, String cgroup, int programs, String version)
            throws IOException {
        StringBuilder source = new StringBuilder(
                "#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\nconst volatile __u32 version = 0;\n");
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < programs; i++) {
            source.append(
                    "SEC(\"cgroup_skb/egress\") int p" + i + "(struct __sk_buff *skb) { return version + 1 > 0; }\n");
            list.append("  - {name: p" + i + ", function: p" + i + "}\n");
        }
        Path object = BpfCompiler.compile(
                source.append("char _license[] SEC(\"license\") = \"GPL\";\n").toString());
        Files.writeString(directory.resolve(name + ".yaml"), """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: %s}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {path: %s}
                  objects:
                  - {name: programs, source: {file: {path: %s}}, globals: {version: %s}}
                  programs:
                """.formatted(name, cgroup, object, version) + list);
    }

    private Baseline.Run succeed(String command) {
        Baseline.Run run = baseline.run(bpfchain + command);
        if (run.exitCode() != 0) {
            throw new IllegalStateException(command + ": exit " + run.exitCode());
        }
        return run;
    }

    private static String mebibytes(long kibibytes) {
        return String.format(Locale.ROOT, "%.0f MiB", kibibytes / 1024.0);
    }

    @Override
    public void close() {
        parent.close();
        bpffs.close();
    }
}
