package io.bpfchain.operator.removal;

import io.bpfchain.crds.Sha256;
import io.bpfchain.operator.removal.Candidate.ChainGone;
import io.bpfchain.operator.removal.Candidate.Live;
import io.bpfchain.operator.removal.Candidate.NodeDeselected;
import io.bpfchain.operator.removal.RemovalDecision.Held;
import io.bpfchain.operator.removal.RemovalDecision.Kept;
import io.bpfchain.operator.removal.RemovalDecision.Pair;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides which assignments are taken out. Absence is never an instruction, so an assignment goes only if all of this holds:
 * <ul>
 *   <li>everything was listed since this process became the leader;
 *   <li>the chain is missing for the deletion delay, and a GET past all caches says that exactly it is not found; or the chain and the
 *       node are both there and the chain has not selected the node for the deletion delay;
 *   <li>the CustomResourceDefinition of the chains is there, Established and not being deleted;
 *   <li>it is the one of the last good sync, and one decision takes out no more than one chain or no more than half of all assignments;
 *       otherwise a person has confirmed exactly this removal.
 * </ul>
 */
public final class Removals {
    /** For how long a chain must be missing. One that returns within it is not touched. */
    public static final Duration DELETION_DELAY = Duration.ofSeconds(10);

    private static final int TOKEN_DIGITS = 12;

    private Removals() {}

    /** Whether a candidate is old enough for the question to the API server. */
    public static boolean due(Candidate candidate, Instant now) {
        return !now.isBefore(candidate.since().plus(DELETION_DELAY));
    }

    /**
     * Decides.
     *
     * @param assigned every assignment of every node's object
     * @param confirmed the token of the removal that a person has confirmed
     */
    public static RemovalDecision decide(
            Set<Pair> assigned,
            Collection<Candidate> candidates,
            Guards guards,
            Optional<String> confirmed,
            Instant now) {
        List<Kept> kept = new ArrayList<>();
        Set<Pair> remove = new TreeSet<>(Comparator.comparing(Pair::chain).thenComparing(Pair::node));
        for (Candidate candidate : candidates) {
            if (!due(candidate, now)) {
                continue;
            }
            Optional<String> objection = guards.objection().or(() -> objection(candidate));
            objection.ifPresentOrElse(
                    why -> kept.add(new Kept(candidate.chain(), why)),
                    () -> assignments(candidate, assigned).forEach(remove::add));
        }
        Optional<Held> held =
                hold(remove, assigned.size(), guards).filter(h -> !confirmed.equals(Optional.of(h.token())));
        return new RemovalDecision(held.isPresent() ? Set.of() : remove, kept, held);
    }

    private static Optional<String> objection(Candidate candidate) {
        return switch (candidate) {
            case NodeDeselected d -> Optional.empty();
            case ChainGone(String chain, Instant since, Live live) ->
                switch (live) {
                    case NotFound -> Optional.empty();
                    case Found -> Optional.of("the chain is there, only the cache does not have it");
                    case NotAsked -> Optional.of("the API server does not say that exactly this chain is not found");
                };
        };
    }

    private static Stream<Pair> assignments(Candidate candidate, Set<Pair> assigned) {
        return switch (candidate) {
            case ChainGone gone -> assigned.stream().filter(p -> p.chain().equals(gone.chain()));
            case NodeDeselected(String chain, String node, Instant since) ->
                Stream.of(new Pair(chain, node)).filter(assigned::contains);
        };
    }

    private static Optional<Held> hold(Set<Pair> remove, int all, Guards guards) {
        List<String> chains = remove.stream().map(Pair::chain).distinct().toList();
        boolean mass = chains.size() > 1 && remove.size() * 2L > all;
        if (chains.isEmpty() || (!mass && !guards.crdIsAnother())) {
            return Optional.empty();
        }
        String why = mass
                ? "more than one chain and more than half of all assignments would go at once"
                : "the CustomResourceDefinition of the chains is not the one of the last good sync";
        return Optional.of(new Held(token(remove), chains, remove.size(), all, why));
    }

    private static String token(Set<Pair> remove) {
        String text = remove.stream().map(p -> p.chain() + "/" + p.node()).collect(Collectors.joining("\n"));
        return Sha256.hex(Sha256.of(text.getBytes(StandardCharsets.UTF_8))).substring(0, TOKEN_DIGITS);
    }
}
