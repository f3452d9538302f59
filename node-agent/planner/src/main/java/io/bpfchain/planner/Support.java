package io.bpfchain.planner;

/** The outcome of probing a kernel feature. Features are probed, versions are never compared. */
public sealed interface Support {
    record Supported() implements Support {}

    record Unsupported() implements Support {}

    /** The probe itself could not be made. */
    record Unknown(String cause) implements Support {}

    /** Whether the feature may be relied on: only a positive probe counts. */
    default boolean usable() {
        return this instanceof Supported;
    }
}
