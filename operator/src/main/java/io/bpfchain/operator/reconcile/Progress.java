package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.operator.cluster.ChainObject;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The newest status of each chain, written or about to be: the cache lags behind what this process wrote, and a decision on what lags
 * would be made twice.
 */
final class Progress {
    private final Map<String, CgroupProgramChainStatus> newest = new ConcurrentHashMap<>();

    /** The status that decisions build on. */
    Optional<CgroupProgramChainStatus> of(ChainObject chain) {
        return Optional.ofNullable(newest.get(chain.uid())).or(chain::known);
    }

    void put(ChainObject chain, CgroupProgramChainStatus status) {
        newest.put(chain.uid(), status);
    }

    /** Forgets chains that are gone. */
    void forget(String uid) {
        newest.remove(uid);
    }

    static Optional<RevisionStatus> target(Optional<CgroupProgramChainStatus> status) {
        return status.map(CgroupProgramChainStatus::target);
    }

    static Optional<RevisionStatus> current(Optional<CgroupProgramChainStatus> status) {
        return status.map(CgroupProgramChainStatus::current);
    }
}
