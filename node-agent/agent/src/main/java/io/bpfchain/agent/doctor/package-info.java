/** What this kernel and these privileges can and cannot do. Reads and probes; changes nothing. */
@NullMarked
package io.bpfchain.agent.doctor;

import org.jspecify.annotations.NullMarked;
