/**
 * What one machine does: {@link io.bpfchain.agent.Host} is everything that can be asked of it. The command line, the daemon and later
 * the cluster agent are callers of it.
 */
@NullMarked
package io.bpfchain.agent;

import org.jspecify.annotations.NullMarked;
