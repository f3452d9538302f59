/**
 * Traffic on loopback, and what tells exactly which programs each packet of it met. The senders are small C programs: they
 * reach 100,000 packets a second and run inside a test's cgroup, while the test itself stays outside. Depends on nothing but
 * the fixtures of the package above.
 */
@NullMarked
package io.bpfchain.kernel.testing.traffic;

import org.jspecify.annotations.NullMarked;
