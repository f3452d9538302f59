/** When an assignment may be taken out: values in, a decision out. No I/O; depends on the API records alone. */
@NullMarked
package io.bpfchain.operator.removal;

import org.jspecify.annotations.NullMarked;
