package io.bpfchain.crds;

import org.jspecify.annotations.Nullable;

/** How changes are made. */
public record UpdateSpec(@Nullable OnUnsafe onUnsafe) {
    /** What to do where no kernel operation keeps every guarantee. */
    public enum OnUnsafe {
        Refuse,
        AllowOverlap,
        AllowGap
    }
}
