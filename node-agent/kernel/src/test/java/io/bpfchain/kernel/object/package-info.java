@NullMarked
package io.bpfchain.kernel.object;

import org.jspecify.annotations.NullMarked;
