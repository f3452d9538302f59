/** Tests of the agent, and the fixtures that the examples' tests use too. */
@NullMarked
package io.bpfchain.agent;

import org.jspecify.annotations.NullMarked;
