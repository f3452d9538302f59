/** The reconcilers: they read, let the pure packages decide, write, and say in the status how it stands. */
@NullMarked
package io.bpfchain.operator.reconcile;

import org.jspecify.annotations.NullMarked;
