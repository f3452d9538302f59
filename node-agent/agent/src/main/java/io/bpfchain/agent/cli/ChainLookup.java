package io.bpfchain.agent.cli;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import java.util.Optional;
import java.util.function.BiFunction;

/** Finds the chain that a command is about. */
record ChainLookup(Session session) {
    ExitCode with(String name, BiFunction<Host, ChainStatus, ExitCode> work) {
        return session.onHost(host -> {
            Optional<ChainStatus> chain = host.chain(name);
            if (chain.isPresent()) {
                return work.apply(host, chain.get());
            }
            session.console().error("chain " + name + ": not on this machine");
            session.console()
                    .err()
                    .println("  bpfchain get chains lists those that are; bpfchain history chain " + name
                            + " shows whether it was.");
            return ExitCode.FAILED;
        });
    }
}
