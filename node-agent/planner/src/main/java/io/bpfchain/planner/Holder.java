package io.bpfchain.planner;

/** What keeps an entry in the list. PROG_QUERY does not tell; it is learned by walking the links, which needs CAP_SYS_ADMIN. */
public enum Holder {
    /** BPF_PROG_ATTACH: the list itself. */
    PROGRAM,
    /** A bpf_link: REPLACE and DETACH by program do not find it. */
    LINK,
    /** Links could not be walked. */
    UNKNOWN
}
