package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * An ordered list of BPF programs for one attach type on some cgroups. Every default is filled in, also the object of programs
 * where the chain has one object, so two specs that mean the same are equal.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SchemaCustomizer(value = SchemaDetails.class, input = "objects=map; programs=atomic; nodeSelector=max:64")
@ValidationRule(
        value = "self.programs.all(p, self.programs.exists_one(q, q.name == p.name))",
        message = ChainRules.PROGRAM_NAMES)
@ValidationRule(
        value = "self.objects.size() <= 1 || self.programs.all(p, has(p.object))",
        message = ChainRules.OBJECT_NAMED)
@ValidationRule(
        value = "self.programs.all(p, !has(p.object) || self.objects.exists(o, o.name == p.object))",
        message = ChainRules.OBJECT_EXISTS)
@ValidationRule(
        value =
                "self.objects.size() <= 1 || self.objects.all(o, self.programs.exists(p, has(p.object) && p.object == o.name))",
        message = ChainRules.OBJECT_USED)
@ValidationRule(
        // function is a keyword of CEL. Without the underscores the rule compiles, but the API server finds no greatest
        // length of the field and refuses the CRD for what the rule might cost.
        value =
                "self.programs.all(p, self.programs.exists_one(q,"
                        + " (has(p.__function__) ? p.__function__ : '') == (has(q.__function__) ? q.__function__ : '')"
                        + " && (self.objects.size() <= 1 || (has(p.object) ? p.object : '') == (has(q.object) ? q.object : ''))))",
        message = ChainRules.FUNCTION_ONCE)
public record ChainSpec(
        @Required
        @SchemaFrom(type = AttachTypeName.class)
        @PrinterColumn(name = "ATTACH TYPE")
        @JsonPropertyDescription(
                "Where in the kernel the programs run, by bpftool's name. The programs' type and expected attach type follow from it.")
        String attachType,

        @Required @JsonPropertyDescription("The cgroups on which the programs are attached.")
        CgroupSpec cgroup,

        @JsonPropertyDescription(
                "Labels of the nodes that run the chain; every node when absent. One host without a cluster does not look at it.")
        Map<String, String> nodeSelector,

        @Default("100")
        @Min(0)
        @Max(10_000)
        @PrinterColumn(name = "PRIORITY")
        @JsonPropertyDescription(
                "Order among chains that share a cgroup and attach type: a smaller number runs earlier, equal numbers by name."
                        + " It orders one cgroup only: programs of a child cgroup always run before those of its parents.")
        Integer priority,

        @Required
        @Size(min = 1, max = 63)
        @JsonPropertyDescription(
                "What is loaded. Each object is loaded once on a host, whatever the number of its programs and cgroups;"
                        + " its programs share its maps. Every object must be used by a program.")
        List<ObjectSpec> objects,

        @Required
        @Size(min = 1, max = 63)
        @JsonPropertyDescription(
                "What runs, in the order in which it runs. All programs run whatever the earlier ones returned; one that denies is"
                        + " enough to deny. At most 63: a full list of 64 cannot be updated in place.")
        List<ProgramSpec> programs,

        @Default("{}") @JsonPropertyDescription("How changes are made.")
        UpdateSpec update,

        @Default("{}")
        @JsonPropertyDescription(
                "How a change reaches the nodes of a cluster. It has no meaning for one host without a cluster.")
        RolloutSpec rollout,

        @Default("Detach")
        @JsonPropertyDescription(
                "What becomes of the programs when the chain is deleted from the cluster. Detach takes them out of the kernel. Retain"
                        + " leaves them attached and forgets them.")
        DeletionPolicy deletionPolicy,

        @Default("false")
        @JsonPropertyDescription(
                "While true the operator writes nothing for this chain: every node keeps what it runs, and drift is still repaired.")
        boolean suspend,

        @Default("10")
        @Min(1)
        @Max(100)
        @JsonPropertyDescription("How many earlier revisions are kept to roll back to.")
        Integer revisionHistoryLimit) {

    public static final int DEFAULT_PRIORITY = 100;

    public static final int DEFAULT_HISTORY_LIMIT = 10;

    /** What becomes of the programs of a deleted chain. */
    public enum DeletionPolicy {
        Detach,
        Retain
    }

    public ChainSpec {
        Objects.requireNonNull(attachType);
        Objects.requireNonNull(cgroup);
        priority = Objects.requireNonNullElse(priority, DEFAULT_PRIORITY);
        objects = List.copyOf(objects);
        String onlyObject = objects.size() == 1 ? objects.getFirst().name() : null;
        programs = programs.stream()
                .map(p -> p.object() == null && onlyObject != null ? p.withObject(onlyObject) : p)
                .toList();
        update = Objects.requireNonNullElse(update, UpdateSpec.DEFAULT);
        nodeSelector = Collections.unmodifiableMap(new TreeMap<>(Objects.requireNonNullElse(nodeSelector, Map.of())));
        rollout = Objects.requireNonNullElse(rollout, RolloutSpec.DEFAULT);
        deletionPolicy = Objects.requireNonNullElse(deletionPolicy, DeletionPolicy.Detach);
        revisionHistoryLimit = Objects.requireNonNullElse(revisionHistoryLimit, DEFAULT_HISTORY_LIMIT);
    }

    /** The same with other objects of the same names. */
    public ChainSpec withObjects(List<ObjectSpec> others) {
        return new ChainSpec(
                attachType,
                cgroup,
                nodeSelector,
                priority,
                others,
                programs,
                update,
                rollout,
                deletionPolicy,
                suspend,
                revisionHistoryLimit);
    }

    /** The part that a node acts on; a change of anything else is no new revision. */
    public ChainSpec content() {
        return new ChainSpec(
                attachType,
                cgroup,
                Map.of(),
                priority,
                objects,
                programs,
                update,
                RolloutSpec.DEFAULT,
                DeletionPolicy.Detach,
                false,
                DEFAULT_HISTORY_LIMIT);
    }
}
