package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import java.util.Objects;

/** How changes are made. */
public record UpdateSpec(
        @Default("Refuse")
        @JsonPropertyDescription(
                "What to do where no operation of the kernel keeps every promise: when programs change places, or one is inserted"
                        + " in the middle on a kernel without positions. Refuse changes nothing and says why. AllowOverlap lets"
                        + " programs run twice for a moment. AllowGap lets programs be missing for a moment.")
        OnUnsafe onUnsafe) {
    /** What holds where the spec says nothing. */
    public static final UpdateSpec DEFAULT = new UpdateSpec(OnUnsafe.Refuse);

    public UpdateSpec {
        onUnsafe = Objects.requireNonNullElse(onUnsafe, OnUnsafe.Refuse);
    }

    /** What to do where no kernel operation keeps every guarantee. */
    public enum OnUnsafe {
        Refuse,
        AllowOverlap,
        AllowGap
    }
}
