package io.bpfchain.agent.bench;

import io.bpfchain.kernel.testing.BpfCompiler;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The cost of a packet under chains of bpfchain and under the same programs attached by bpftool: it must be the same kernel path. */
final class PacketFigures {
    private static final int PACKETS = 100_000;
    private static final int ROUNDS = 15;

    private PacketFigures() {}

    static List<Figure> all(Baseline baseline, Path distribution) throws IOException {
        List<Figure> figures = new ArrayList<>();
        for (int programs : new int[] {1, 5, 10, 20}) {
            figures.add(one(baseline, distribution, programs));
        }
        return figures;
    }

    private static Figure one(Baseline baseline, Path distribution, int programs) throws IOException {
        Path work = Files.createTempDirectory("bpfchain-bench");
        try (TestBpffs bpffs = TestBpffs.mount();
                TestCgroup parent = TestCgroup.create()) {
            Path object = BpfCompiler.compile(source(programs));
            TestCgroup ours = parent.child("ours");
            TestCgroup bpftool = parent.child("bpftool");
            TestCgroup again = parent.child("bpftool-again");
            String command = distribution.resolve("bin/bpfchain") + " --state-dir " + work.resolve("state")
                    + " --bpffs " + bpffs.directory();
            Path chain = Files.writeString(work.resolve("chain.yaml"), chain(ours.path(), object, programs));
            Commands.run("sh", "-c", command + " apply -f " + chain);
            attach(bpffs, object, programs, bpftool, "a");
            attach(bpffs, object, programs, again, "b");
            List<Long> mine = new ArrayList<>();
            List<Long> theirs = new ArrayList<>();
            List<Long> theirsAgain = new ArrayList<>();
            for (int round = -2; round < ROUNDS; round++) {
                long a = baseline.nanoseconds("packets " + ours.directory() + " " + PACKETS);
                long b = baseline.nanoseconds("packets " + bpftool.directory() + " " + PACKETS);
                long c = baseline.nanoseconds("packets " + again.directory() + " " + PACKETS);
                if (round >= 0) {
                    mine.add(a);
                    theirs.add(b);
                    theirsAgain.add(c);
                }
            }
            Commands.run("sh", "-c", command + " delete chain bench");
            return figure(programs, Samples.of(mine), Samples.of(theirs), Samples.of(theirsAgain));
        }
    }

    private static Figure figure(int programs, Samples ours, Samples theirs, Samples theirsAgain) {
        double spread = Math.abs((double) theirsAgain.median() / theirs.median() - 1);
        double allowed = Math.max(0.05, spread);
        double difference = (double) ours.median() / theirs.median() - 1;
        return new Figure(
                "one UDP packet over loopback through " + programs + (programs == 1 ? " program" : " programs"),
                Figure.text(ours.per(PACKETS)),
                Figure.text(theirs.per(PACKETS)) + " by bpftool",
                String.format(Locale.ROOT, "%+.1f %%", 100 * difference),
                String.format(Locale.ROOT, "within %.1f %% (A/A spread %.1f %%)", 100 * allowed, 100 * spread),
                Math.abs(difference) <= allowed);
    }

    private static void attach(TestBpffs bpffs, Path object, int programs, TestCgroup cgroup, String name) {
        Path pins = bpffs.directory().resolve("bench_" + name);
        Commands.run("bpftool", "prog", "loadall", object.toString(), pins.toString());
        for (int i = 0; i < programs; i++) {
            Commands.run(
                    "bpftool",
                    "cgroup",
                    "attach",
                    cgroup.directory().toString(),
                    "cgroup_inet_egress",
                    "pinned",
                    pins.resolve("p" + i).toString(),
                    "multi");
        }
    }

    private static String source(int programs) {
        StringBuilder source = new StringBuilder("#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n");
        for (int i = 0; i < programs; i++) {
            source.append("SEC(\"cgroup_skb/egress\") int p" + i + "(struct __sk_buff *skb) { return skb->len > " + i
                    + "; }\n");
        }
        return source.append("char _license[] SEC(\"license\") = \"GPL\";\n").toString();
    }

    private static String chain(String cgroup, Path object, int programs) {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < programs; i++) {
            list.append("  - {name: p" + i + ", function: p" + i + "}\n");
        }
        return """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: bench}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {path: %s}
                  objects:
                  - {name: programs, source: {file: {path: %s}}}
                  programs:
                """.formatted(cgroup, object) + list;
    }
}
