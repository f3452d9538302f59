/** `make bench`: figures against a C baseline that makes the same system calls, interleaved within one run. */
@NullMarked
package io.bpfchain.agent.bench;

import org.jspecify.annotations.NullMarked;
