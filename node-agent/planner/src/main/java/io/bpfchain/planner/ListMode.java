package io.bpfchain.planner;

/** The mode of a list: the flags of the attach that made it. An empty list has forgotten its mode. */
public enum ListMode {
    /** Flags 0: one program, nothing may be attached below. */
    NONE,
    /** BPF_F_ALLOW_OVERRIDE: one program, hidden by a list below. */
    OVERRIDE,
    /** BPF_F_ALLOW_MULTI: an ordered list, the only mode in which bpfchain works. */
    MULTI
}
