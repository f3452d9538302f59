package io.bpfchain.crds.file;

import java.util.List;

/** What came of reading files: every document, or every error and none of the documents. */
public sealed interface ReadOutcome {
    record Read(List<ChainDocument> documents) implements ReadOutcome {
        public Read {
            documents = List.copyOf(documents);
        }
    }

    record Invalid(List<FileError> errors) implements ReadOutcome {
        public Invalid {
            errors = List.copyOf(errors);
        }
    }
}
