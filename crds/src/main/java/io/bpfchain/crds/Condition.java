package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One aspect of an object's state, as in {@code meta/v1}.
 *
 * @param lastTransitionTime RFC 3339; when the status last changed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Condition(
        @Required @JsonPropertyDescription("What is told about, for example Ready.")
        String type,

        @Required @JsonPropertyDescription("True, False or Unknown.")
        Status status,

        @Required @JsonPropertyDescription("Why, as one CamelCase word.")
        String reason,

        @Required @JsonPropertyDescription("Why, as a whole sentence.")
        String message,

        @Required @JsonPropertyDescription("When the status last changed.")
        String lastTransitionTime,

        @JsonPropertyDescription("The generation of the object that this is about.") @Nullable
        Long observedGeneration) {
    public Condition {
        Objects.requireNonNull(type);
        Objects.requireNonNull(status);
        Objects.requireNonNull(reason);
        Objects.requireNonNull(message);
        Objects.requireNonNull(lastTransitionTime);
    }

    /** Whether it holds. */
    public enum Status {
        True,
        False,
        Unknown
    }
}
