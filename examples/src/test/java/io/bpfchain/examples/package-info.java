/**
 * End-to-end tests of the examples: each applies exactly the files of its folder with the real command line, on a cgroup of
 * its own, and makes real system calls there.
 */
@NullMarked
package io.bpfchain.examples;

import org.jspecify.annotations.NullMarked;
