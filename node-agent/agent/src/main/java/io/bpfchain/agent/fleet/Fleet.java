package io.bpfchain.agent.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.SourceSpec.ConfigMapSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** A cluster as people look at it and steer it. Every method throws {@link FleetException} where the API server does not do it. */
public interface Fleet extends AutoCloseable {
    /** By name. */
    List<FleetChain> chains();

    Optional<FleetChain> chain(String name);

    /** The objects of all nodes that have one, by name. */
    List<FleetNode> nodes();

    Optional<FleetNode> node(String name);

    /** The Nodes themselves, by name. */
    List<FleetMachine> machines();

    /** The kept revisions of a chain, also of one that is gone, oldest first. */
    List<FleetRevision> revisions(String chain);

    /** Asks the API server what a chain would be after it was applied; nothing is changed. */
    DryRun dryRun(String chain, ChainSpec spec);

    /**
     * Sets or clears {@code rollout.paused}, as the owner of this field alone; a field that is cleared is left to whoever else wants it.
     *
     * @param force whether the field is taken from another owner
     */
    Written pause(FleetChain chain, boolean paused, boolean force);

    /** Writes the whole spec of a chain, where it still is the chain that was read. */
    void replaceSpec(FleetChain chain, JsonNode spec);

    /** The digest of the bytes of a ConfigMap's key; empty where there is none that chains may use. */
    Optional<String> digest(ConfigMapSource source);

    /** Makes an immutable ConfigMap of the bytes that the operator keeps under a digest; false where it does not keep them. */
    boolean copy(Rollback.Copy copy);

    /** Says in a node's object, where it still is that object, whether the node is to be drained. */
    void drain(FleetNode node, boolean drain);

    /** The removal that waits for a person. */
    Optional<HeldRemoval> heldRemoval();

    /** Confirms exactly this one. */
    void confirm(HeldRemoval removal);

    /**
     * Hands over, file by file, what helps to understand the state of bpfchain; no bytes of sources and no secrets.
     *
     * @return why what is missing could not be had
     * @throws FleetException where nothing could be had
     */
    List<Problem> support(BiConsumer<String, String> file);

    /** What came of writing a field that may have another owner. */
    sealed interface Written {
        record Done() implements Written {}

        /** Somebody else owns it; nothing was changed. */
        record Conflict(String message) implements Written {}
    }

    /**
     * What a chain would be.
     *
     * @param conflicts who else owns fields that would change, in the API server's words; empty: nobody
     */
    record DryRun(ChainSpec spec, Optional<String> conflicts) {}

    @Override
    void close();
}
