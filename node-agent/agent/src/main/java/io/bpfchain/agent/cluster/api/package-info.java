/** The API server, by the Kubernetes client of Fabric8 and the JDK's HTTP client. The only package of the agent that knows them. */
@NullMarked
package io.bpfchain.agent.cluster.api;

import org.jspecify.annotations.NullMarked;
