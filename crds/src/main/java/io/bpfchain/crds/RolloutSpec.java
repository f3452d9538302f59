package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * How a change reaches the nodes of a cluster.
 *
 * @param maxConcurrent a number, or a percentage of the selected nodes
 * @param nodeTimeout hours, minutes and seconds such as {@code 1h30m}
 */
@SchemaCustomizer(value = SchemaDetails.class, input = "maxConcurrent=intOrString:1")
public record RolloutSpec(
        @Default("10%")
        @Pattern(Patterns.NUMBER_OR_PERCENT)
        @JsonPropertyDescription(
                "How many nodes may be in change at a time: a number, or a percentage of the selected nodes, rounded up.")
        String maxConcurrent,

        @Default("0")
        @Min(0)
        @Max(100_000)
        @JsonPropertyDescription(
                "How many nodes may refuse the change before the rollout stops. A stopped rollout leaves the old version running"
                        + " where it runs.")
        Integer maxFailed,

        @Default("5m")
        @Size(max = 32)
        @Pattern(Patterns.DURATION)
        @JsonPropertyDescription(
                "How long a node that does not answer holds its place in the rollout; then it counts as unreachable, not as failed.")
        String nodeTimeout,

        @Default("false")
        @JsonPropertyDescription("While true no further node begins to change. Nodes that have begun finish.")
        boolean paused) {
    /** What holds where the spec says nothing. */
    public static final RolloutSpec DEFAULT = new RolloutSpec("10%", 0, "5m", false);

    public RolloutSpec {
        maxConcurrent = Objects.requireNonNullElse(maxConcurrent, "10%");
        maxFailed = Objects.requireNonNullElse(maxFailed, 0);
        nodeTimeout = Objects.requireNonNullElse(nodeTimeout, "5m");
    }

    /** The places of a rollout over this many nodes; at least one. */
    public int places(int nodes) {
        long places = maxConcurrent.endsWith("%")
                ? Math.ceilDiv(nodes * Long.parseLong(maxConcurrent, 0, maxConcurrent.length() - 1, 10), 100L)
                : Long.parseLong(maxConcurrent);
        return (int) Math.max(1, Math.min(places, Integer.MAX_VALUE));
    }

    public Duration timeout() {
        return Duration.parse("PT" + nodeTimeout.toUpperCase(Locale.ROOT));
    }
}
