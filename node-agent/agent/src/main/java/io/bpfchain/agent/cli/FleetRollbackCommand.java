package io.bpfchain.agent.cli;

import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.FleetChain;
import io.bpfchain.agent.fleet.FleetRevision;
import io.bpfchain.agent.fleet.Rollback;
import io.bpfchain.agent.fleet.Rollback.Copy;
import io.bpfchain.agent.fleet.Rollback.Decision;
import io.bpfchain.crds.revision.RevisionContent;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code kubectl bpfchain rollback}. */
final class FleetRollbackCommand extends FleetCommand {
    private final PositionalParamSpec name = Described.parameter(0)
            .paramLabel("NAME")
            .description("The chain's name.")
            .build();

    private final OptionSpec revision = Described.option(Long.class, "--to-revision")
            .paramLabel("N")
            .description("Which one; default: the one before the target.")
            .build();

    private final OptionSpec force = Described.flag("--force-conflicts")
            .description("Write also where a program such as Argo CD or Flux owns the fields; it may write them back.")
            .build();

    FleetRollbackCommand(Session session) {
        super(session);
    }

    CommandLine line() {
        return described(
                        "rollback",
                        "Writes a chain back to a kept revision, as a new change that is rolled out like any other. What nodes act on becomes the"
                                + " revision's; nodeSelector, rollout and the like stay.",
                        "Sources are pinned to the bytes that the revision had: tags by digest, and a ConfigMap that has other bytes now by a new"
                                + " one with the old bytes. No tag is looked up.")
                .takes(name, revision, force)
                .examples(
                        "  kubectl bpfchain rollback egress-firewall                     to the revision before the target",
                        "  kubectl bpfchain rollback egress-firewall --to-revision 3")
                .line();
    }

    @Override
    ExitCode run(Fleet fleet) {
        String name = this.name.getValue();
        @Nullable Long number = revision.getValue();
        Optional<FleetChain> chain = fleet.chain(name);
        if (chain.isEmpty()) {
            return refused(
                    "NoSuchChain",
                    "chain " + name + ": not in this cluster",
                    "kubectl bpfchain history " + name
                            + " --revision N shows what it was, to apply it again from where it came.");
        }
        List<FleetRevision> kept = fleet.revisions(name);
        Optional<FleetRevision> revision = number == null
                ? Rollback.previous(chain.get(), kept)
                : kept.stream().filter(r -> r.number() == number).findFirst();
        Optional<RevisionContent> content = revision.flatMap(FleetRevision::content);
        if (revision.isEmpty() || content.isEmpty()) {
            return refused(
                    "NoSuchRevision",
                    "chain " + name + ": "
                            + (number == null
                                    ? "no revision before the target is kept"
                                    : "no revision " + number + " is kept"),
                    "kubectl bpfchain history " + name + " lists those that are.");
        }
        return carryOut(
                fleet,
                chain.get(),
                revision.get().number(),
                Rollback.decide(chain.get(), content.get(), fleet::digest, force.getValue()));
    }

    private ExitCode carryOut(Fleet fleet, FleetChain chain, long to, Decision decision) {
        String name = chain.name();
        return switch (decision) {
            case Decision.Write write -> write(fleet, chain, to, write);
            case Decision.Nothing _ -> {
                session().console().out().println("chain " + name + " says what revision " + to + " says already");
                yield ExitCode.DONE;
            }
            case Decision.Owned(List<String> managers, List<String> fields) ->
                refused(
                        "Conflict",
                        "roll chain " + name + " back to revision " + to + ": " + String.join(", ", managers)
                                + " writes its " + String.join(", ", fields) + ", and would write them back",
                        "Change the chain where that takes it from; kubectl bpfchain history " + name + " --revision "
                                + to + " prints the content. --force-conflicts writes it here all the same.");
            case Decision.Unpinned(List<String> sources) ->
                refused(
                        "SourceUnknown",
                        "roll chain " + name + " back to revision " + to + ": the revision does not say which bytes "
                                + String.join(", ", sources) + " had",
                        "Choose another revision, or apply the chain with its sources named by digest.");
        };
    }

    private ExitCode write(Fleet fleet, FleetChain chain, long to, Decision.Write write) {
        String name = chain.name();
        Console console = session().console();
        for (Copy copy : write.copies()) {
            if (!fleet.copy(copy)) {
                return refused(
                        "SourceLost",
                        "roll chain " + name + " back to revision " + to + ": the operator does not keep the bytes "
                                + copy.digest() + " any more",
                        "Choose another revision; nothing was written to the chain.");
            }
            console.out().println(copy.source() + " made of the bytes that revision " + to + " had");
        }
        fleet.replaceSpec(chain, write.spec());
        console.out().println("chain " + name + " rolled back to revision " + to);
        if (chain.spec().path("rollout").path("paused").asBoolean()
                || chain.spec().path("suspend").asBoolean()) {
            console.warnings(List.of("Its rollout is paused or the chain is suspended, so no node changes yet."));
        }
        return ExitCode.DONE;
    }
}
