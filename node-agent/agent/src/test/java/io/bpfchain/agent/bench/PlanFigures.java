package io.bpfchain.agent.bench;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Capabilities;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.DesiredChain;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.DesiredHook;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.Holder;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.ListMode;
import io.bpfchain.planner.ObservedHook;
import io.bpfchain.planner.OnUnsafe;
import io.bpfchain.planner.Owner;
import io.bpfchain.planner.PlanResult;
import io.bpfchain.planner.Planner;
import io.bpfchain.planner.Support;
import io.bpfchain.planner.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** A plan for a full list of 63 entries, all of which get a new version. */
final class PlanFigures {
    private static final int ENTRIES = 63;
    private static final int BATCH = 100;

    private PlanFigures() {}

    static Figure plan() {
        Hook hook = new Hook(new Cgroup(2, "/bench"), AttachType.CGROUP_INET_EGRESS);
        List<Entry> entries = new ArrayList<>();
        List<DesiredEntry> wanted = new ArrayList<>();
        for (int i = 0; i < ENTRIES; i++) {
            EntryKey key = new EntryKey("bench", "p" + i);
            entries.add(new Entry(
                    new EntryId(i + 1), "p" + i, Holder.PROGRAM, new Owner.Ours(key, new Version("sha256:1"), "a")));
            wanted.add(new DesiredEntry(key, new Version("sha256:2")));
        }
        ObservedHook observed =
                new ObservedHook(hook, ListMode.MULTI, entries, OptionalLong.of(64), new ObservedHook.Above.Nothing());
        DesiredHook desired =
                new DesiredHook(hook, List.of(new DesiredChain("bench", 100, OnUnsafe.REFUSE, wanted)), Set.of());
        Capabilities capabilities = new Capabilities(new Support.Supported(), new Support.Supported());
        Planner planner = new Planner();
        List<Long> durations = new ArrayList<>();
        int steps = 0;
        for (int round = -100; round < 200; round++) {
            long begin = System.nanoTime();
            for (int i = 0; i < BATCH; i++) {
                if (planner.plan(observed, desired, capabilities) instanceof PlanResult.Plan plan) {
                    steps += plan.steps().size();
                }
            }
            if (round >= 0) {
                durations.add((System.nanoTime() - begin) / BATCH);
            }
        }
        if (steps != 300 * BATCH * ENTRIES) {
            throw new IllegalStateException("a plan was refused or incomplete");
        }
        return Figure.absolute(
                "a plan for 63 entries, all with a new version, warm",
                Samples.of(durations),
                Duration.ofNanos(100_000).toNanos());
    }
}
