/** The API server as a person's tools use it, by the Kubernetes client of Fabric8. Nothing here is loaded before a command asks for a cluster. */
@NullMarked
package io.bpfchain.agent.fleet.api;

import org.jspecify.annotations.NullMarked;
