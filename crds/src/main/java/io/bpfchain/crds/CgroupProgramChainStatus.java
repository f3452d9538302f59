package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far a chain has come, summed up from the reports of the nodes. Written by the operator alone. Conditions follow kstatus:
 * {@code Ready} is always there, {@code Reconciling} and {@code Stalled} only while they are True.
 *
 * @param observedGeneration -1 until the operator has looked at the chain
 * @param current the revision that the last completed rollout brought to all nodes; null before the first
 * @param target the revision that nodes are brought to; null where the spec is invalid and there never was one
 * @param nodes {@code ready/desired}, for people
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SchemaCustomizer(value = SchemaDetails.class, input = "conditions=map:type; failingNodes=map:node")
public record CgroupProgramChainStatus(
        @JsonPropertyDescription("The generation of the spec that this status is about; -1 before the first.")
        Long observedGeneration,

        @JsonPropertyDescription(
                "Ready, and while they are True Reconciling and Stalled, with a reason and a sentence each.")
        List<Condition> conditions,

        @JsonPropertyDescription("The revision that the last completed rollout brought to all nodes.") @Nullable
        RevisionStatus current,

        @JsonPropertyDescription("The revision that the nodes are brought to.") @Nullable
        RevisionStatus target,

        @JsonPropertyDescription("Nodes that the chain selects.")
        Integer desired,

        @JsonPropertyDescription("Of them, nodes that are assigned the target revision.")
        Integer updated,

        @JsonPropertyDescription("Of them, nodes that report that they run it.")
        Integer ready,

        @JsonPropertyDescription("Of them, nodes that refused it; they run what they ran before.")
        Integer failed,

        @JsonPropertyDescription("Of them, nodes that are not Ready or did not answer in time.")
        Integer unreachable,

        @PrinterColumn(name = "NODES")
        @JsonPropertyDescription("Nodes that run the target revision, of those that are selected.")
        String nodes,

        @Size(max = 5) @JsonPropertyDescription("At most five nodes that refused the target, by name.")
        List<FailingNode> failingNodes) {
    public CgroupProgramChainStatus {
        observedGeneration = Objects.requireNonNullElse(observedGeneration, -1L);
        conditions = List.copyOf(Objects.requireNonNullElse(conditions, List.of()));
        desired = Objects.requireNonNullElse(desired, 0);
        updated = Objects.requireNonNullElse(updated, 0);
        ready = Objects.requireNonNullElse(ready, 0);
        failed = Objects.requireNonNullElse(failed, 0);
        unreachable = Objects.requireNonNullElse(unreachable, 0);
        nodes = Objects.requireNonNullElse(nodes, ready + "/" + desired);
        failingNodes = List.copyOf(Objects.requireNonNullElse(failingNodes, List.of()));
    }

    /**
     * A revision as people and recovery need it.
     *
     * @param generation of the spec that it was made from
     * @param sources what its sources were resolved to: enough to make the revision again from the same spec, should it be lost
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @SchemaCustomizer(value = SchemaDetails.class, input = "sources=atomic")
    public record RevisionStatus(
            @Required
            @PrinterColumn(name = "REVISION")
            @JsonPropertyDescription("Its number; grows by one with each change.")
            Long number,

            @Required @JsonPropertyDescription("The name of the ControllerRevision in the operator's namespace.")
            String name,

            @Required @JsonPropertyDescription("sha256: and 64 hex digits of its content.")
            String digest,

            @Required @JsonPropertyDescription("The generation of the spec that it was made from.")
            Long generation,

            @Size(max = 4096) @JsonPropertyDescription("What its sources were resolved to.")
            List<ResolvedSource> sources) {
        public RevisionStatus {
            Objects.requireNonNull(number);
            Objects.requireNonNull(name);
            Objects.requireNonNull(digest);
            Objects.requireNonNull(generation);
            sources = List.copyOf(Objects.requireNonNullElse(sources, List.of()));
        }
    }

    /** A node that refused the target. */
    public record FailingNode(
            @Required @JsonPropertyDescription("The name of the node.")
            String node,

            @Required @JsonPropertyDescription("Why, as one CamelCase word.")
            String reason,

            @Required @JsonPropertyDescription("Why, as the node's agent says it.")
            String message) {
        public FailingNode {
            Objects.requireNonNull(node);
            Objects.requireNonNull(reason);
            Objects.requireNonNull(message);
        }
    }
}
