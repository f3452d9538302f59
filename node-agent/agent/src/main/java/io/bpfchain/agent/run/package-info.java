/**
 * The daemon {@code bpfchain run}: keeps a folder of chain files applied. {@link io.bpfchain.agent.run.Decisions} decides, purely;
 * {@link io.bpfchain.agent.run.Daemon} looks and acts.
 */
@NullMarked
package io.bpfchain.agent.run;

import org.jspecify.annotations.NullMarked;
