/** How a revision reaches the nodes: values in, a decision out. No I/O; depends on the API records alone. */
@NullMarked
package io.bpfchain.operator.rollout;

import org.jspecify.annotations.NullMarked;
