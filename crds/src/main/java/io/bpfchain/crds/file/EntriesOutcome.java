package io.bpfchain.crds.file;

import java.util.List;

/** What came of reading a file of entries: every entry, or every error and none of the entries. */
public sealed interface EntriesOutcome {
    record Read(List<PlacedEntry> entries) implements EntriesOutcome {
        public Read {
            entries = List.copyOf(entries);
        }
    }

    record Invalid(List<FileError> errors) implements EntriesOutcome {
        public Invalid {
            errors = List.copyOf(errors);
        }
    }
}
