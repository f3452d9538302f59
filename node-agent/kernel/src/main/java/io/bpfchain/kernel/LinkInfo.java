package io.bpfchain.kernel;

import io.bpfchain.planner.EntryId;

/**
 * A cgroup link, the beginning of {@code struct bpf_link_info}.
 *
 * @param program the program that it holds now
 * @param cgroupId 0 when the cgroup is gone
 * @param attachType {@code enum bpf_attach_type}
 */
public record LinkInfo(int id, EntryId program, long cgroupId, int attachType) {}
