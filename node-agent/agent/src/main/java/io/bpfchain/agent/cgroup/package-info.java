/** Cgroups of this machine: where the version 2 hierarchy is mounted, and which cgroups a path or a glob names. */
@NullMarked
package io.bpfchain.agent.cgroup;

import org.jspecify.annotations.NullMarked;
