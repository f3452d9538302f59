/** Tests of sources, against files and a real https server. */
@NullMarked
package io.bpfchain.agent.source;

import org.jspecify.annotations.NullMarked;
