/** Artifacts of OCI registries: what a tag names, and the one file that an artifact holds. */
@NullMarked
package io.bpfchain.operator.registry;

import org.jspecify.annotations.NullMarked;
