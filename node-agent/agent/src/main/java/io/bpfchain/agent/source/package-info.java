/** Where the bytes of objects come from. Nothing here looks into them. */
@NullMarked
package io.bpfchain.agent.source;

import org.jspecify.annotations.NullMarked;
