package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.revision.Ability;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.revision.Revisions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What an agent must be able to do for the revisions that a chain's rollout comes from and goes to; each is read once. */
final class Requirements {
    private final Revisions revisions;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    /** Of one chain: what it goes to, and what it comes from. */
    private record Known(Words target, Optional<Words> current) {
        Optional<Words> of(String digest) {
            return Stream.concat(Stream.of(target), current.stream())
                    .filter(w -> w.digest().equals(digest))
                    .findFirst();
        }
    }

    private record Words(String digest, List<String> all) {}

    Requirements(Revisions revisions) {
        this.revisions = revisions;
    }

    /**
     * Of the revision that a chain goes to.
     *
     * @param spec that the revision was made from
     */
    List<String> target(ChainObject chain, RevisionStatus revision, ChainSpec spec) {
        Words words = new Words(revision.digest(), Ability.requiredBy(spec));
        known.compute(
                chain.uid(),
                (uid, before) -> before == null
                        ? new Known(words, Optional.empty())
                        : before.target().equals(words) ? before : new Known(words, Optional.of(before.target())));
        return words.all();
    }

    /** Of another one, mostly that which it comes from. Nothing is required of one that is lost: an agent that is given it can say so itself. */
    List<String> current(ChainObject chain, RevisionStatus revision) {
        return Optional.ofNullable(known.get(chain.uid()))
                .flatMap(k -> k.of(revision.digest()))
                .or(() -> read(chain, revision))
                .map(Words::all)
                .orElse(List.of());
    }

    private Optional<Words> read(ChainObject chain, RevisionStatus revision) {
        Optional<Words> read = revisions
                .content(revision.name(), revision.digest())
                .map(c -> new Words(revision.digest(), Ability.requiredBy(c.spec())));
        read.ifPresent(
                words -> known.computeIfPresent(chain.uid(), (uid, k) -> new Known(k.target(), Optional.of(words))));
        return read;
    }

    /** Forgets a chain that is gone. */
    void forget(String uid) {
        known.remove(uid);
    }
}
