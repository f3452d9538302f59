/** The content of revisions as operator and agents exchange it. May depend on the records of the API and on the reader of files. */
@NullMarked
package io.bpfchain.crds.revision;

import org.jspecify.annotations.NullMarked;
