package io.bpfchain.crds;

/** Which cgroups a chain runs on: a path below the cgroup2 root; {@code *} and {@code ?} match within a segment. */
public record CgroupSpec(String path) {}
