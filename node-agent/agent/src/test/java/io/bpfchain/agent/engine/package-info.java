/** Tests of the engine on the real kernel, and the crash test. */
@NullMarked
package io.bpfchain.agent.engine;

import org.jspecify.annotations.NullMarked;
