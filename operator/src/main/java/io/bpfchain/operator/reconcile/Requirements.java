package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.crds.revision.Ability;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.revision.Revisions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What an agent must be able to do for the revision that a chain's rollout comes from; it is read once. */
final class Requirements {
    private final Revisions revisions;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    private record Known(String digest, List<String> words) {}

    Requirements(Revisions revisions) {
        this.revisions = revisions;
    }

    /** Nothing is required of a revision that is lost: an agent that is given it can say so itself. */
    List<String> of(ChainObject chain, RevisionStatus revision) {
        return Optional.ofNullable(known.get(chain.uid()))
                .filter(k -> k.digest().equals(revision.digest()))
                .or(() -> read(chain, revision))
                .map(Known::words)
                .orElse(List.of());
    }

    private Optional<Known> read(ChainObject chain, RevisionStatus revision) {
        Optional<Known> read = revisions
                .content(revision.name(), revision.digest())
                .map(c -> new Known(revision.digest(), Ability.requiredBy(c.spec())));
        read.ifPresent(k -> known.put(chain.uid(), k));
        return read;
    }

    /** Forgets a chain that is gone. */
    void forget(String uid) {
        known.remove(uid);
    }
}
