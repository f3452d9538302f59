/** Tests of BTF, against what clang really writes and against hostile bytes. */
@NullMarked
package io.bpfchain.kernel.btf;

import org.jspecify.annotations.NullMarked;
