/** Maps: what may be carried over to a new version, and declared contents. */
@NullMarked
package io.bpfchain.kernel.map;

import org.jspecify.annotations.NullMarked;
