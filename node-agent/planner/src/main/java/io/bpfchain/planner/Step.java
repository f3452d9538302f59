package io.bpfchain.planner;

/** One system call. A closed choice, consumed by a switch without default. */
public sealed interface Step {
    /** BPF_PROG_ATTACH with BPF_F_ALLOW_MULTI, and BEFORE or AFTER where the position asks for it. */
    record Attach(DesiredEntry entry, Load load, Position at) implements Step {}

    /** BPF_PROG_ATTACH with BPF_F_ALLOW_MULTI and BPF_F_REPLACE: the slot stays, the program in it changes. */
    record Replace(EntryRef old, DesiredEntry by, Load load) implements Step {}

    /** BPF_PROG_DETACH of exactly this program. */
    record Detach(EntryRef entry) implements Step {}
}
