package io.bpfchain.crds;

import org.jspecify.annotations.Nullable;

/** One program at its place in the order. {@code object} may be left out where there is one object, {@code function} where the object has one program. */
public record ProgramSpec(
        String name, @Nullable String object, @Nullable String function) {}
