package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which cgroups a chain runs on: exactly one of its fields, which {@link ChainRules#ONE_CGROUP} demands and not the record. An API
 * server may hold what another version of the rules let in, and one such object must not keep its readers from all others.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "[has(self.path), has(self.kubepods), has(self.pods)].exists_one(x, x)",
        message = ChainRules.ONE_CGROUP)
@ValidationRule(
        value = "!has(self.path) || self.path == '/' || (self.path.matches('^(/[^/\\\\x00-\\\\x1f\\\\x7f]+)+$')"
                + " && !self.path.matches('/[.][.]?(/|$)'))",
        message = ChainRules.CGROUP_PATH,
        fieldPath = ".path")
@ValidationRule(
        value = "!has(self.path) || (!self.path.contains('**') && !self.path.matches('[\\\\[\\\\]{}]'))",
        message = ChainRules.CGROUP_WILDCARDS,
        fieldPath = ".path")
public record CgroupSpec(
        @Size(min = 1, max = 4095)
        @PrinterColumn(name = "CGROUP", priority = 1)
        @JsonPropertyDescription(
                "A path below the cgroup2 root of the host; / is the root itself. * stands for any characters and ? for one, within a"
                        + " segment; a path with them selects every cgroup that matches, also later ones. A backslash is an"
                        + " ordinary character. A chain must not select both a cgroup and one above it: its programs would run twice.")
        @Nullable
        String path,

        @JsonPropertyDescription(
                "The cgroup above all pods of the node, wherever the kubelet and its cgroup driver have put it. It covers every pod"
                        + " from its first moment.")
        @Nullable
        Kubepods kubepods,

        @JsonPropertyDescription(
                "The cgroup of each matching pod of the node. A pod is covered when the agent has seen its cgroup and knows its labels,"
                        + " moments after it starts; kubepods has no such window.")
        @Nullable
        Pods pods) {

    /** A path or pattern. */
    public static CgroupSpec path(String path) {
        return new CgroupSpec(path, null, null);
    }

    /** The selection in a word or two, for lists: the path, {@code kubepods}, {@code pods}, or {@code nothing}. */
    public String summary() {
        return path != null ? path : kubepods != null ? "kubepods" : pods != null ? "pods" : "nothing";
    }

    /** All pods of the node. It has no choices yet. */
    public record Kubepods() {}

    /**
     * Pods by their labels and those of their namespaces.
     *
     * @param namespaceSelector null: of every namespace
     * @param podSelector null: every pod
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Pods(
            @JsonPropertyDescription("Pods of namespaces with these labels; of every namespace when absent.") @Nullable
            LabelSelector namespaceSelector,

            @JsonPropertyDescription("Pods with these labels; every pod when absent.") @Nullable
            LabelSelector podSelector) {
        /** Whether a pod with these labels, in a namespace with those, is selected. */
        public boolean matches(Map<String, String> namespace, Map<String, String> pod) {
            return (namespaceSelector == null || namespaceSelector.matches(namespace))
                    && (podSelector == null || podSelector.matches(pod));
        }
    }
}
