package io.bpfchain.crds;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Choices for one map of an object. {@code entries} and {@code entriesFrom} exclude each other; null means not declared. */
public record MapSpec(
        String name,
        @Nullable OnUpdate onUpdate,
        @Nullable String sharedAs,
        boolean pin,
        @Nullable List<EntrySpec> entries,
        @Nullable EntriesFrom entriesFrom,
        @Nullable OnEntriesChange onEntriesChange,
        boolean writtenByProgram) {

    /** What happens to the live map when the object changes. */
    public enum OnUpdate {
        Keep,
        Fresh
    }

    /** How a change of declared entries reaches the kernel. */
    public enum OnEntriesChange {
        InPlace,
        WithProgram
    }

    /** Where a long list of entries comes from. */
    public record EntriesFrom(FileEntries file) {
        /** A file beside the chain file: one entry a line, or a YAML list. */
        public record FileEntries(String path, @Nullable String sha256) {}
    }
}
