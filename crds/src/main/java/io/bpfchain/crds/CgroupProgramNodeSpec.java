package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * What a node shall run.
 *
 * <p>Only a spec that is {@code complete} and carries the node's own uid may take anything out: the agent detaches what such a spec no
 * longer lists, and nothing else. A node that is to be drained is another thing: what was assigned stays assigned, and the agent takes it
 * out because it is told so.
 *
 * <p>What a newer operator may have written beside is left out when it is read.
 *
 * @param assignments sorted by chain
 * @param drain set by a person and kept by the operator
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@SchemaCustomizer(value = SchemaDetails.class, input = "assignments=map:chain")
public record CgroupProgramNodeSpec(
        @Required
        @Size(min = 1, max = 128)
        @JsonPropertyDescription(
                "The uid of the Node that this is for; a node of the same name with another uid does not follow it.")
        String nodeUID,

        @Required
        @JsonPropertyDescription(
                "Whether the list is all that the node shall run. The agent detaches nothing while this is false.")
        boolean complete,

        @Required
        @Size(max = MOST_ASSIGNMENTS)
        @JsonPropertyDescription("Which revision of which chain the node shall run.")
        List<Assignment> assignments,

        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        @JsonPropertyDescription(
                "While true the agent takes out of the kernel all that was assigned to the node, chains do without the node, and its"
                        + " assignments stay as they are for the time after. Set by a person: kubectl bpfchain drain and undrain.")
        boolean drain) {
    /** As many chains as a node can have. */
    public static final int MOST_ASSIGNMENTS = 256;

    public CgroupProgramNodeSpec {
        Objects.requireNonNull(nodeUID);
        assignments = assignments.stream()
                .sorted(Comparator.comparing(Assignment::chain))
                .toList();
    }

    /** Of a node that is not to be drained. */
    public CgroupProgramNodeSpec(String nodeUID, boolean complete, List<Assignment> assignments) {
        this(nodeUID, complete, assignments, false);
    }

    /**
     * Names exactly this content: {@code sha256:} and 64 hex digits. A report carries it, so that nobody takes it for an answer to
     * another spec; generations start anew with an object and prove nothing.
     */
    public String digest() {
        StringBuilder text = new StringBuilder();
        append(text, nodeUID, complete, assignments.size());
        for (Assignment a : assignments) {
            append(
                    text,
                    a.chain(),
                    a.revision(),
                    a.digest(),
                    a.retain(),
                    a.requires().size());
            append(text, a.requires().toArray());
        }
        if (drain) { // nothing otherwise, so that an agent that knows no draining does not answer for it
            append(text, "drain");
        }
        return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Each value behind its length, so that no two contents have one text. */
    private static void append(StringBuilder text, Object... values) {
        for (Object value : values) {
            String word = value.toString();
            text.append(word.length()).append(':').append(word);
        }
    }

    /**
     * One chain of a node; under 300 bytes.
     *
     * @param digest of the revision's content, {@code sha256:} and 64 hex digits; what the agent fetches is checked against it
     * @param retain whether the programs stay attached when the assignment goes ({@code deletionPolicy: Retain})
     * @param requires words for abilities without which an agent must not try this revision
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    @SchemaCustomizer(value = SchemaDetails.class, input = "requires=atomic")
    public record Assignment(
            @Required @Size(max = 52) @Pattern(Patterns.LABEL) @JsonPropertyDescription("The name of the chain.")
            String chain,

            @Required @JsonPropertyDescription("The number of the revision.")
            long revision,

            @Required
            @Size(max = 71)
            @Pattern(Patterns.DIGEST)
            @JsonPropertyDescription("sha256: and 64 hex digits of the content of the revision.")
            String digest,

            @Default("false") @JsonPropertyDescription("Whether the programs stay attached when this assignment goes.")
            boolean retain,

            @Size(max = 16)
            @JsonPropertyDescription("Abilities without which an agent keeps what runs and reports AgentTooOld.")
            List<String> requires) {
        public Assignment {
            Objects.requireNonNull(chain);
            Objects.requireNonNull(digest);
            requires = List.copyOf(Objects.requireNonNullElse(requires, List.of()));
        }
    }
}
