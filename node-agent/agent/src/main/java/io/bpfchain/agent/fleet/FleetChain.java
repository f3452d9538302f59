package io.bpfchain.agent.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.Condition;
import io.bpfchain.crds.file.CanonicalJson;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A chain of the cluster.
 *
 * @param version the resourceVersion that was read
 * @param spec as it came: the API server accepts values that no record holds
 * @param status empty where the operator has not written one
 * @param owners who wrote fields of the spec
 */
public record FleetChain(
        String name,
        String uid,
        String version,
        long generation,
        Instant created,
        JsonNode spec,
        Optional<CgroupProgramChainStatus> status,
        List<Owner> owners) {
    public FleetChain {
        Objects.requireNonNull(name);
        Objects.requireNonNull(uid);
        Objects.requireNonNull(version);
        Objects.requireNonNull(created);
        Objects.requireNonNull(spec);
        Objects.requireNonNull(status);
        owners = List.copyOf(owners);
    }

    /**
     * A field manager of the spec.
     *
     * @param fields the top-level fields of the spec of which it owns something
     */
    public record Owner(String manager, List<String> fields) {
        public Owner {
            Objects.requireNonNull(manager);
            fields = List.copyOf(fields);
        }

        /** Whether a person wrote with a command line; anything else is a program that writes again. */
        public boolean isPerson() {
            return manager.startsWith("kubectl");
        }
    }

    /** The revision that nodes are brought to. */
    public Optional<RevisionStatus> target() {
        return status.map(CgroupProgramChainStatus::target);
    }

    /** The revision that the last completed rollout brought to all nodes. */
    public Optional<RevisionStatus> current() {
        return status.map(CgroupProgramChainStatus::current);
    }

    public Optional<Condition> condition(String type) {
        return status.stream()
                .flatMap(s -> s.conditions().stream())
                .filter(c -> c.type().equals(type))
                .findFirst();
    }

    /** Whether the status is about the spec as it is. */
    public boolean isObserved() {
        return status.filter(s -> s.observedGeneration() == generation).isPresent();
    }

    /** The spec in full; empty where the operator would call it invalid. */
    public Optional<ChainSpec> readSpec() {
        try {
            return Optional.of(CanonicalJson.read(spec.toString()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
