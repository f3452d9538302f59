/**
 * The chains and nodes of a whole cluster, as people look at them and steer them: what {@code kubectl bpfchain} works on. What is asked of
 * the API server is the port {@link io.bpfchain.agent.fleet.Fleet}; what is told of the answers is decided here, purely, and no class here
 * knows a Kubernetes client.
 */
@NullMarked
package io.bpfchain.agent.fleet;

import org.jspecify.annotations.NullMarked;
