/**
 * The agent of a cluster's node, {@code bpfchain agent}: follows the one object of its node and makes this machine run what it assigns.
 * {@link io.bpfchain.agent.cluster.Instructions} decides what an object tells, purely; {@link io.bpfchain.agent.cluster.Keeper} brings it
 * to the machine as {@code bpfchain run} does; {@link io.bpfchain.agent.cluster.NodeReport} says what came of it. What is asked of the API
 * server is the port {@link io.bpfchain.agent.cluster.ClusterApi}; no class here knows a Kubernetes client.
 */
@NullMarked
package io.bpfchain.agent.cluster;

import org.jspecify.annotations.NullMarked;
