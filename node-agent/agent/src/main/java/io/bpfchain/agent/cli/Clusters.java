package io.bpfchain.agent.cli;

import io.bpfchain.agent.fleet.Access;
import io.bpfchain.agent.fleet.Fleet;

/** The clusters that commands may work on. No Kubernetes client is loaded before a command asks for one. */
@FunctionalInterface
interface Clusters {
    Fleet connect(Access access);
}
