package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A label selector as everywhere in Kubernetes ({@code LabelSelector} of {@code meta/v1}): all of its terms must hold, and one without
 * terms matches everything. A record of ours, because the Kubernetes model costs a command line more than all else that it loads.
 *
 * @param matchLabels sorted by key
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = SchemaDetails.class, input = "matchLabels=max:64; matchExpressions=atomic")
public record LabelSelector(
        @JsonPropertyDescription("Labels that must have exactly these values.")
        Map<String, String> matchLabels,

        @Size(max = 64) @JsonPropertyDescription("Further requirements; all of them must hold.")
        List<Requirement> matchExpressions) {
    /** Matches everything. */
    public static final LabelSelector EVERYTHING = new LabelSelector(Map.of(), List.of());

    public LabelSelector {
        matchLabels = Collections.unmodifiableMap(new TreeMap<>(Objects.requireNonNullElse(matchLabels, Map.of())));
        matchExpressions = List.copyOf(Objects.requireNonNullElse(matchExpressions, List.of()));
    }

    /** Whether an object with these labels is selected. */
    public boolean matches(Map<String, String> labels) {
        return labels.entrySet().containsAll(matchLabels.entrySet())
                && matchExpressions.stream().allMatch(r -> r.holds(labels));
    }

    /** How a label must be for a requirement to hold. */
    public enum Operator {
        In,
        NotIn,
        Exists,
        DoesNotExist
    }

    /** One requirement on one label. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @SchemaCustomizer(value = SchemaDetails.class, input = "values=atomic")
    @ValidationRule(
            value = "(self.operator in ['In', 'NotIn']) == (has(self.values) && self.values.size() > 0)",
            message = ChainRules.SELECTOR_VALUES)
    public record Requirement(
            @Required @Size(min = 1, max = 317) @JsonPropertyDescription("The key of the label.")
            String key,

            @Required
            @JsonPropertyDescription(
                    "In: the label has one of the values. NotIn: it has none of them, or there is no such label. Exists, DoesNotExist:"
                            + " the label is there, or is not.")
            Operator operator,

            @Size(max = 64) @JsonPropertyDescription("At least one for In and NotIn; none for Exists and DoesNotExist.")
            List<String> values) {
        public Requirement {
            Objects.requireNonNull(key);
            Objects.requireNonNull(operator);
            values = List.copyOf(Objects.requireNonNullElse(values, List.of()));
        }

        boolean holds(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case In -> value != null && values.contains(value);
                case NotIn -> value == null || !values.contains(value);
                case Exists -> value != null;
                case DoesNotExist -> value == null;
            };
        }
    }
}
