package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.cluster.Contents.Content;
import io.bpfchain.agent.state.StateException;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Says of an assignment whether this node can run it, before anything of it is tried.
 *
 * @param abilities words that an assignment may require
 */
record Admission(Set<String> abilities, Host host, Contents contents) {
    /** The content of what is wanted of a chain, or why it cannot be had or may not be run. */
    Content content(Kept chain, String manager) {
        List<String> unknown = chain.wanted().requires().stream()
                .filter(r -> !abilities.contains(r))
                .toList();
        if (!unknown.isEmpty()) {
            return new Content.Unusable(new Verdict.Refused(
                    "AgentTooOld",
                    "the revision requires " + String.join(", ", unknown)
                            + ", which this agent does not know. What ran before runs on. Upgrade the agent."));
        }
        return otherManager(chain, manager)
                .<Content>map(Content.Unusable::new)
                .orElseGet(() -> fetched(chain.wanted()));
    }

    /** A disk that is full, for example, is no reason to leave the other chains alone. */
    private Content fetched(Assignment assignment) {
        try {
            return contents.of(assignment);
        } catch (StateException e) {
            return new Content.Unusable(new Verdict.Failed(
                    e.problem().reason(), Problem.text(List.of(e.problem())) + " The agent tries again."));
        }
    }

    private Optional<Verdict.Refused> otherManager(Kept chain, String manager) {
        String name = chain.wanted().chain();
        return chain.good().isPresent()
                ? Optional.empty()
                : host.manager(name)
                        .filter(m -> !m.equals(manager))
                        .map(m -> new Verdict.Refused(
                                "ChainOfAnother",
                                "this machine has a chain " + name + " that was made by " + m
                                        + ", and it is left alone. Rename the chain, or take the other out on the node with bpfchain"
                                        + " delete chain " + name + "."));
    }
}
