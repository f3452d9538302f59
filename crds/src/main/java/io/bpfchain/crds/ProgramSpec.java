package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One program at its place in the order.
 *
 * @param object null only outside of a {@link ChainSpec} with one object
 * @param function null where the object has one program of the chain's attach type
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProgramSpec(
        @Required
        @Size(max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription(
                "Who this program is, over all its versions: a program that keeps its name is replaced in place when it changes.")
        String name,

        @Size(max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription("The object that has the function. May be left out where the chain has one object.")
        @Nullable
        String object,

        @Size(max = 127)
        @Pattern(Patterns.IDENTIFIER)
        @JsonPropertyDescription(
                "The name of the C function. May be left out where the object has one program that fits the attach type."
                        + " A function whose ELF section names no attach type is loaded for the one of the chain; one whose section"
                        + " names another is refused.")
        @Nullable
        String function) {
    public ProgramSpec {
        Objects.requireNonNull(name);
    }

    ProgramSpec withObject(String named) {
        return new ProgramSpec(name, named, function);
    }
}
