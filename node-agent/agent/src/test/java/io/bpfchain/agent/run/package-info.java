/** Tests of the daemon. */
@NullMarked
package io.bpfchain.agent.run;

import org.jspecify.annotations.NullMarked;
