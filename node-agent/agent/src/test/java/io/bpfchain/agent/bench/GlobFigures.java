package io.bpfchain.agent.bench;

import io.bpfchain.kernel.testing.BpfCompiler;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** From the mkdir of a cgroup that a glob matches to the moment from which its packets are counted by the chain. */
final class GlobFigures {
    private static final int CGROUPS = 300;

    private GlobFigures() {}

    static Figure attach(Path distribution) throws IOException {
        Path work = Files.createTempDirectory("bpfchain-bench");
        Path chains = Files.createDirectory(work.resolve("chains"));
        Path object = BpfCompiler.compile("""
                #include <linux/bpf.h>
                #include <bpf/bpf_helpers.h>
                SEC("cgroup_skb/egress") int pass(struct __sk_buff *skb) { return 1; }
                char _license[] SEC("license") = "GPL";
                """);
        try (TestBpffs bpffs = TestBpffs.mount();
                TestCgroup parent = TestCgroup.create();
                CgroupLists lists = new CgroupLists(bpffs.directory())) {
            Files.writeString(chains.resolve("chain.yaml"), """
                    apiVersion: bpfchain.io/v1alpha1
                    kind: CgroupProgramChain
                    metadata: {name: bench}
                    spec:
                      attachType: cgroup_inet_egress
                      cgroup: {path: %s/pod-*}
                      objects:
                      - {name: pass, source: {file: {path: %s}}}
                      programs:
                      - {name: pass}
                    """.formatted(parent.path(), object));
            TestCgroup first = parent.child("pod-first");
            List<String> command = List.of(
                    distribution.resolve("bin/bpfchain").toString(),
                    "--state-dir",
                    work.resolve("state").toString(),
                    "--bpffs",
                    bpffs.directory().toString());
            List<String> run = new ArrayList<>(command);
            run.addAll(List.of("run", "--dir", chains.toString()));
            Process daemon = new ProcessBuilder(run)
                    .redirectErrorStream(true)
                    .redirectOutput(work.resolve("run.log").toFile())
                    .start();
            try {
                await(lists, first, Duration.ofSeconds(20));
                return Figure.absolute(
                        "mkdir of a cgroup that a glob matches until it is attached under `bpfchain run`, 99th percentile",
                        percentile(measure(parent, lists)),
                        Duration.ofMillis(50).toNanos());
            } finally {
                daemon.destroy();
                daemon.waitFor(10, TimeUnit.SECONDS);
                List<String> delete = new ArrayList<>(command);
                delete.addAll(List.of("delete", "chain", "bench", "--force")); // its file is there still
                Commands.run(delete);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** The goal is on the 99th percentile, so that is what stands where other figures have the median. */
    private static Samples percentile(List<Long> durations) {
        return new Samples(new long[] {Samples.of(durations).p99()});
    }

    private static List<Long> measure(TestCgroup parent, CgroupLists lists) {
        Random random = new Random(7);
        List<Long> durations = new ArrayList<>();
        for (int i = 0; i < CGROUPS; i++) {
            long begin = System.nanoTime();
            TestCgroup cgroup = parent.child("pod-" + i);
            await(lists, cgroup, Duration.ofSeconds(10));
            durations.add(System.nanoTime() - begin);
            LockSupport.parkNanos(random.nextInt(20_000_000));
        }
        return durations;
    }

    private static void await(CgroupLists lists, TestCgroup cgroup, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (lists.count(cgroup) == 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("nothing was attached to " + cgroup.path() + " within " + atMost);
            }
            LockSupport.parkNanos(200_000);
        }
    }
}
