/** What a chain's status says: values in, a status out. No I/O; depends on the API records and the rollout's decisions. */
@NullMarked
package io.bpfchain.operator.status;

import org.jspecify.annotations.NullMarked;
