package io.bpfchain.agent.run;

import io.bpfchain.crds.file.ChainDocument;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What a look at the folder gave. */
public sealed interface Seen {
    /** Every chain that a valid file names. */
    default List<ChainDocument> documents() {
        return switch (this) {
            case Listed listed ->
                listed.files().values().stream()
                        .flatMap(f -> f instanceof File.Valid valid ? valid.documents().stream() : Stream.empty())
                        .toList();
            case Unreadable unreadable -> List.of();
        };
    }

    /**
     * Its chain files.
     *
     * @param files by file name
     */
    record Listed(Map<String, File> files) implements Seen {
        public Listed {
            files = Map.copyOf(files);
        }
    }

    /** The folder is not there, or may not be listed. */
    record Unreadable(String message) implements Seen {
        public Unreadable {
            Objects.requireNonNull(message);
        }
    }

    /** One chain file. */
    sealed interface File {
        /** Changed so recently that somebody may still be writing it. */
        record Unsettled() implements File {}

        record Valid(List<ChainDocument> documents) implements File {
            public Valid {
                documents = List.copyOf(documents);
            }
        }

        /**
         * No chain file.
         *
         * @param errors each one a line with file, line and field path
         */
        record Invalid(List<String> errors) implements File {
            public Invalid {
                errors = List.copyOf(errors);
            }
        }
    }
}
