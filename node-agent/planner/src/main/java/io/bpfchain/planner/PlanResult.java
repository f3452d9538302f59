package io.bpfchain.planner;

import java.util.List;
import java.util.Objects;

/** What came of planning one hook. */
public sealed interface PlanResult {
    Hook hook();

    /**
     * Steps that lead from the observed list to the desired one; empty when nothing differs.
     *
     * @param warnings whole sentences for people
     */
    record Plan(Hook hook, List<PlannedStep> steps, List<String> warnings) implements PlanResult {
        public Plan {
            Objects.requireNonNull(hook);
            steps = List.copyOf(steps);
            warnings = List.copyOf(warnings);
        }

        public boolean hitless() {
            return steps.stream().allMatch(s -> s.guarantee().hitless());
        }
    }

    /**
     * The change cannot be made as asked; nothing may be changed.
     *
     * @param message what cannot be done and why, a whole sentence
     * @param remedy what the reader can do, a whole sentence
     */
    record Refusal(Hook hook, Reason reason, String message, String remedy) implements PlanResult {}

    /** Why a change was refused, for machines: CamelCase in outputs and conditions. */
    enum Reason {
        /** More than 63 entries, or already 64: then nothing can be replaced (E2BIG). */
        ListFull,
        /** The list is in mode NONE or OVERRIDE and somebody else's. */
        ExclusiveList,
        /** An ancestor in mode NONE forbids attaching below it. */
        ExclusiveAncestor,
        /** An ancestor in mode OVERRIDE would be hidden by a list here. */
        WouldHideAncestor,
        /** Entries would have to change places. */
        Reordering,
        /** An insertion in the middle, and the kernel has no positions. */
        NoPositions,
        /** The kernel has no BPF_F_REPLACE. */
        NoReplace,
        /** An entry of ours is held by a link, which bpfchain never makes. */
        HeldByLink,
        /** A foreign entry stands between, and moving past it would change its order relative to ours. */
        ForeignBetween,
        /** A chain selects a cgroup and an ancestor of it: its programs would run twice. */
        NestedSelection
    }
}
