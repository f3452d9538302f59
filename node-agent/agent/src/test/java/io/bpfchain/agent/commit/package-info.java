/** Rules of the commit, on the model of the kernel's lists. */
@NullMarked
package io.bpfchain.agent.commit;

import org.jspecify.annotations.NullMarked;
