/** Tests of finding and watching cgroups. */
@NullMarked
package io.bpfchain.agent.cgroup;

import org.jspecify.annotations.NullMarked;
