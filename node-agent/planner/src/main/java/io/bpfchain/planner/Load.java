package io.bpfchain.planner;

/** Which kernel program a step brings in. The kernel refuses the same program twice in one list. */
public enum Load {
    /** The program that all hooks of the chain share for this version. */
    SHARED,
    /** Another load of the same version, because the shared one is still in this list when the step is made. */
    COPY
}
