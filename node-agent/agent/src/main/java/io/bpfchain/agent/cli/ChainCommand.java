package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.ChainStatus;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A command about one chain, which its first argument names. */
abstract class ChainCommand implements Callable<Integer> {
    private final Session session;

    private final PositionalParamSpec name = Described.parameter(0)
            .paramLabel("NAME")
            .description("The chain's name.")
            .build();

    private final OutputOption output = new OutputOption();

    ChainCommand(Session session) {
        this.session = session;
    }

    /** Begins the description of the command: what all of them take. */
    final Described described(String command, String description) {
        return new Described(command, this, description).takes(name, output.option());
    }

    /** Does the work. */
    abstract ExitCode run(String name);

    @Override
    public final Integer call() {
        return run(name.getValue()).number();
    }

    final Session session() {
        return session;
    }

    final OutputOption output() {
        return output;
    }

    /** Works with the chain as it is on this machine, or says that it is not here. */
    final ExitCode with(String chain, Function<ChainStatus, ExitCode> work) {
        return session.onHost(host -> {
            Optional<ChainStatus> status = host.chain(chain);
            return status.isPresent() ? work.apply(status.get()) : session.noSuchChain(chain);
        });
    }

    /** Says that something of a chain is not there, and how to see what is. */
    final ExitCode missing(String chain, String reason, String message, String remedy) {
        return session.refused(
                new Problem(Problem.Kind.REFUSED, reason, "chain " + chain, "chain " + chain + ": " + message, remedy));
    }
}
