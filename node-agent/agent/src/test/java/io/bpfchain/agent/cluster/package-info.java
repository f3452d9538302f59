/** Tests of the agent of a cluster's node; those named IT run it against a real kernel and a real API server. */
@NullMarked
package io.bpfchain.agent.cluster;

import org.jspecify.annotations.NullMarked;
