/**
 * The public API {@code bpfchain.io/v1alpha1} as Java records. The CRD is generated from them; the strict reader of chain
 * files is in {@code io.bpfchain.crds.file}. May depend on Jackson and the Fabric8 API classes, on no other module.
 */
@NullMarked
package io.bpfchain.crds;

import org.jspecify.annotations.NullMarked;
