/** From the spec of a chain to an immutable revision: validation, sources, their bytes, and where all of it is kept. */
@NullMarked
package io.bpfchain.operator.revision;

import org.jspecify.annotations.NullMarked;
