/** Rules of the API records themselves. */
@NullMarked
package io.bpfchain.crds;

import org.jspecify.annotations.NullMarked;
