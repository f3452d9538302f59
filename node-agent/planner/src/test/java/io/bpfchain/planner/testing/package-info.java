/**
 * A model of the kernel's cgroup-bpf lists, and the planner's port on top of it. The model is written from the kernel's rules
 * ({@code kernel/bpf/cgroup.c}), not from what the planner expects, so it can contradict the planner.
 */
@NullMarked
package io.bpfchain.planner.testing;

import org.jspecify.annotations.NullMarked;
