package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.bpfchain.crds.SourceSpec.ConfigMapSource;
import io.bpfchain.crds.SourceSpec.OciSource;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Choices for one map of an object.
 *
 * @param onUpdate null where the chain does not choose
 * @param entries null where they are not declared; an empty list declares that the map is empty
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SchemaCustomizer(value = SchemaDetails.class, input = "entries=atomic")
@ValidationRule(value = "!(has(self.entries) && has(self.entriesFrom))", message = ChainRules.ONE_ENTRIES)
@ValidationRule(
        value =
                "!has(self.onEntriesChange) || self.onEntriesChange != 'WithProgram' || has(self.entries) || has(self.entriesFrom)",
        message = ChainRules.WITH_PROGRAM_ENTRIES)
@ValidationRule(
        value = "!has(self.writtenByProgram) || !self.writtenByProgram || has(self.entries) || has(self.entriesFrom)",
        message = ChainRules.WRITTEN_ENTRIES)
@ValidationRule(
        value = "!has(self.onEntriesChange) || self.onEntriesChange != 'WithProgram' || !has(self.writtenByProgram)"
                + " || !self.writtenByProgram",
        message = ChainRules.WITH_PROGRAM_WRITTEN)
@ValidationRule(
        value = "!has(self.onEntriesChange) || self.onEntriesChange != 'WithProgram' || !has(self.sharedAs)",
        message = ChainRules.WITH_PROGRAM_SHARED)
@ValidationRule(
        value = "!has(self.onUpdate) || self.onUpdate != 'Fresh' || !has(self.sharedAs)",
        message = ChainRules.SHARED_FRESH)
public record MapSpec(
        @Required
        @Size(max = 127)
        @Pattern(Patterns.MAP)
        @JsonPropertyDescription("The name of the map in the object; .data or .bss for the variables of a section.")
        String name,

        @JsonPropertyDescription(
                "What happens to the live map when the object changes. When left out, it is carried over with its contents where the"
                        + " old and the new definition can be compared and are the same, and otherwise the update is refused with what"
                        + " differs: nothing is lost unasked. Keep also carries over what only the author can vouch for: maps of maps,"
                        + " values with kernel pointers, maps declared by key_size and value_size. Where the definition or the BTF of"
                        + " key or value changed Keep is refused too, and so it is for maps of programs (tail calls) and maps with"
                        + " timers, which cannot be carried over. Fresh starts with a new map. A map with onEntriesChange WithProgram"
                        + " is always new, and filled.")
        @Nullable
        OnUpdate onUpdate,

        @Size(max = 63)
        @Pattern(Patterns.LABEL)
        @JsonPropertyDescription(
                "Shares one live map with every chain of the host that says the same name here. The definitions of the map and"
                        + " its declared entries must be identical. The map goes with its last user.")
        @Nullable
        String sharedAs,

        @Default("false")
        @JsonPropertyDescription(
                "Pins the map at a path that stays the same over updates, <bpffs>/bpfchain/by-chain/..., for programs that read it."
                        + " The pin moves to a new map after the update has succeeded.")
        boolean pin,

        @Size(max = 1000)
        @JsonPropertyDescription(
                "The exact contents of a hash, LPM trie, array, per-CPU hash or per-CPU array: what is not listed is removed (in an"
                        + " array: zero). The program may not write the map unless writtenByProgram is set. When absent, the contents"
                        + " are the program's own business. At most 1000; longer lists stand in a file (entriesFrom).")
        @Nullable
        List<EntrySpec> entries,

        @JsonPropertyDescription("Like entries, but read from elsewhere.") @Nullable
        EntriesFrom entriesFrom,

        @Default("InPlace")
        @JsonPropertyDescription(
                "How a change of entries reaches the kernel. InPlace changes only what differs, one entry after the other, and leaves"
                        + " the program untouched. WithProgram loads the object again with a filled map and swaps the whole list in"
                        + " by replacing the program; accepted only where one program on one cgroup uses the map.")
        OnEntriesChange onEntriesChange,

        @Default("false")
        @JsonPropertyDescription(
                "Lets the program write a map that has declared entries: the keys stay exactly those that are declared, their values"
                        + " are set when a key is added and then belong to the program.")
        boolean writtenByProgram) {
    public MapSpec {
        Objects.requireNonNull(name);
        entries = entries == null ? null : List.copyOf(entries);
        onEntriesChange = Objects.requireNonNullElse(onEntriesChange, OnEntriesChange.InPlace);
    }

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

    /** Where a long list of entries comes from: exactly one of its fields. The format of the list is the same everywhere. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @ValidationRule(
            value = "[has(self.file), has(self.configMap), has(self.oci)].exists_one(x, x)",
            message = ChainRules.ONE_ENTRIES_SOURCE)
    public record EntriesFrom(
            @JsonPropertyDescription(
                    "A file: either one entry a line (the key, blanks, the value), or a YAML list of objects with key and value.")
            @Nullable
            FileEntries file,

            @JsonPropertyDescription(
                    "A key of a ConfigMap that is labelled bpfchain.io/source: \"true\". A change of it is a new revision of the chain.")
            @Nullable
            ConfigMapSource configMap,

            @JsonPropertyDescription("An artifact of a registry with one file.") @Nullable
            OciSource oci) {
        /** A file beside the chain file. */
        public static EntriesFrom file(FileEntries file) {
            return new EntriesFrom(file, null, null);
        }

        /** Where the list is, for messages. */
        public String place() {
            return file != null ? file.path() : String.valueOf(configMap != null ? configMap : oci);
        }

        /** A file beside the chain file. */
        @JsonInclude(JsonInclude.Include.NON_NULL)
        public record FileEntries(
                @Required
                @Size(min = 1, max = 4095)
                @Pattern(Patterns.PATH)
                @JsonPropertyDescription("A path; a relative one is relative to the directory of the chain file.")
                String path,

                @Size(max = 64)
                @Pattern(Patterns.SHA256)
                @JsonPropertyDescription("64 hex digits. When set, a file with other bytes is refused.")
                @Nullable
                String sha256) {
            public FileEntries {
                Objects.requireNonNull(path);
            }
        }
    }
}
