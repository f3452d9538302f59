/** Tests of the command line. */
@NullMarked
package io.bpfchain.agent.cli;

import org.jspecify.annotations.NullMarked;
