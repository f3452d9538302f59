/** Tests on a real kernel, and the fixtures (cgroups, bpffs, traffic) that other modules' tests use too. */
@NullMarked
package io.bpfchain.kernel;

import org.jspecify.annotations.NullMarked;
