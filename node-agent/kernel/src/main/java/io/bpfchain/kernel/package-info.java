/**
 * bpf(2) for cgroups, through JNI: lists, pins, maps, probes. Implements the planner's {@link io.bpfchain.planner.Kernel} port.
 * Numbers go in, a value or -errno comes out; policy is in Java. May depend on the planner only.
 */
@NullMarked
package io.bpfchain.kernel;

import org.jspecify.annotations.NullMarked;
