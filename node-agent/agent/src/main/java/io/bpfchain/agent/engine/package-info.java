/**
 * The {@link io.bpfchain.agent.Host} of this machine: what each request prepares, commits and records. It puts the packages {@code prepare},
 * {@code commit}, {@code state} and {@code view} together and has no rules of its own about lists, maps or files.
 */
@NullMarked
package io.bpfchain.agent.engine;

import org.jspecify.annotations.NullMarked;
