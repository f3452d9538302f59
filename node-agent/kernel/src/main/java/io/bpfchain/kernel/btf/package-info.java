/** BTF (Documentation/bpf/btf.rst): reading the raw bytes, and encoding and decoding values by it. Pure. */
@NullMarked
package io.bpfchain.kernel.btf;

import org.jspecify.annotations.NullMarked;
