/** Rules of the reader of chain files; the cases are files in {@code src/test/resources/chains}. */
@NullMarked
package io.bpfchain.crds.file;

import org.jspecify.annotations.NullMarked;
