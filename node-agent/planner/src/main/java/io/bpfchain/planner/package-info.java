/**
 * Pure planning of one hook: from the list that the kernel runs to the list that chains ask for.
 *
 * <p>Nothing here does I/O, reads a clock or depends on another module. {@link io.bpfchain.planner.Planner} decides;
 * {@link io.bpfchain.planner.Kernel} is the port through which somebody else acts and reads back. Words: a <em>hook</em> is one (cgroup,
 * attach type); an <em>entry</em> is one attached kernel program in the hook's list. An entry holds one program today and
 * may hold a whole fused chain later, so entries and the programs of a chain have types and names of their own.
 */
@NullMarked
package io.bpfchain.planner;

import org.jspecify.annotations.NullMarked;
