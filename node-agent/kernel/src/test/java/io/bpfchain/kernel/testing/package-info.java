/** Fixtures for tests on a real kernel: cgroups, a bpffs, compiled BPF objects. Everything that a fixture makes, its close removes. */
@NullMarked
package io.bpfchain.kernel.testing;

import org.jspecify.annotations.NullMarked;
