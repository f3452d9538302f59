/** Binds SLF4J to lines on standard error: plain for people and the journal, or JSON for collectors. */
@NullMarked
package io.bpfchain.agent.log;

import org.jspecify.annotations.NullMarked;
