/** Tests of carrying maps over and of declared contents. */
@NullMarked
package io.bpfchain.kernel.map;

import org.jspecify.annotations.NullMarked;
