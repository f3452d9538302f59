/**
 * ELF objects. Their bytes are hostile until proven otherwise and libbpf is not memory-safe on them, so they are opened, relocated,
 * loaded and pinned by a short-lived native helper process and never inside the JVM.
 */
@NullMarked
package io.bpfchain.kernel.object;

import org.jspecify.annotations.NullMarked;
