/** The strict reader of chain files: every error names file, line and field path. */
@NullMarked
package io.bpfchain.crds.file;

import org.jspecify.annotations.NullMarked;
