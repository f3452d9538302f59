/**
 * Commit: carrying plans out at the hooks, reading back after every system call, and finishing what a crash left half done. Works on
 * the planner's port {@link io.bpfchain.planner.Kernel} alone; everything that it attaches is loaded and pinned before.
 */
@NullMarked
package io.bpfchain.agent.commit;

import org.jspecify.annotations.NullMarked;
