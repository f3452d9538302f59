package io.bpfchain.planner;

/**
 * What the planner needs to know of the kernel.
 *
 * @param replace BPF_F_REPLACE (Linux 5.6)
 * @param positions BPF_F_BEFORE, BPF_F_AFTER and expected_revision on cgroup lists (mprog; upstream 6.17, backported to some 6.12)
 */
public record Capabilities(Support replace, Support positions) {}
