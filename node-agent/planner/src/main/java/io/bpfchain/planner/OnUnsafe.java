package io.bpfchain.planner;

/** What to do where no kernel operation keeps every guarantee: reordering, or an insertion in the middle without positions. */
public enum OnUnsafe {
    /** Refuse, with the reason and a remedy. */
    REFUSE,
    /** Let programs run twice for a moment; none is missing. */
    ALLOW_OVERLAP,
    /** Let programs be missing for a moment; none runs twice. */
    ALLOW_GAP
}
