/** Tests of what is decided about a cluster's chains. */
@NullMarked
package io.bpfchain.agent.fleet;

import org.jspecify.annotations.NullMarked;
