@NullMarked
package io.bpfchain.agent.json;

import org.jspecify.annotations.NullMarked;
