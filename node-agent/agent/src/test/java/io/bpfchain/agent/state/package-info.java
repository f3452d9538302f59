/** What the state directory promises. */
@NullMarked
package io.bpfchain.agent.state;

import org.jspecify.annotations.NullMarked;
