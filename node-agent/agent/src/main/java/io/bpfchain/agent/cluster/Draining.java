package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Unclaimed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * How far a node is that is to be drained. It is not said to be drained while its kernel lists programs of bpfchain's that nothing is known
 * of: they may be this cluster's, and the agent's memory of them lost. Pure.
 */
sealed interface Draining {
    /** The node is not to be drained. */
    record NotAsked() implements Draining {}

    /** Nothing is left. */
    record Done() implements Draining {}

    /** Something is left; the message says what and why. */
    record Left(String message) implements Draining {}

    /** What fits into the report beside the sentence around it. */
    int MOST_NAMED = 10;

    /** What fits into a status. */
    int LONGEST = 4_096;

    /**
     * Looks at what is known.
     *
     * @param stuck why chains could not be taken out, by name
     * @param unclaimed looks through the whole kernel, so it is asked last
     */
    static Draining of(
            NodeMemory memory,
            Map<String, Verdict.Unwell> stuck,
            List<ChainStatus> statuses,
            Supplier<List<Unclaimed>> unclaimed) {
        if (!memory.spec().drain()) {
            return new NotAsked();
        }
        Set<String> chains = new TreeSet<>(memory.leaving());
        statuses.stream().filter(memory::isOurs).map(ChainStatus::name).forEach(chains::add);
        List<Unclaimed> unknown = unclaimed.get();
        if (chains.isEmpty() && unknown.isEmpty()) {
            return new Done();
        }
        List<String> sentences = new ArrayList<>();
        chains.forEach(chain -> sentences.add(left(chain, stuck)));
        if (!unknown.isEmpty()) {
            sentences.add(unknown(unknown));
        }
        String message = String.join(" ", sentences);
        return new Left(message.substring(0, Math.min(message.length(), LONGEST)));
    }

    private static String left(String chain, Map<String, Verdict.Unwell> stuck) {
        Verdict.Unwell why = stuck.get(chain);
        return why == null
                ? "Chain " + chain + " is being taken out."
                : "Chain " + chain + " could not be taken out (" + why.reason() + "): " + why.message();
    }

    private static String unknown(List<Unclaimed> programs) {
        String names =
                programs.stream().limit(MOST_NAMED).map(Unclaimed::toString).collect(Collectors.joining(", "));
        int more = programs.size() - MOST_NAMED;
        return programs.size() + (programs.size() == 1 ? " program" : " programs")
                + " of chains that this agent knows nothing of " + (programs.size() == 1 ? "is" : "are")
                + " attached: " + names + (more > 0 ? " and " + more + " more" : "")
                + ". Its state directory was lost, or they belong to another one. Undrain the node while the chains are assigned to it,"
                + " so that they are taken over, and drain it again; or detach them on the node.";
    }
}
