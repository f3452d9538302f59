package io.bpfchain.agent.source;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.crds.SourceSpec;
import java.nio.file.Path;
import java.util.Objects;

/** Fetches the bytes of objects and checks their digests. */
public interface Sources {
    /**
     * Fetches one source.
     *
     * @param directory what a relative path is relative to
     */
    Fetched fetch(SourceSpec source, Path directory);

    /** What came of fetching. */
    sealed interface Fetched {
        /**
         * The bytes.
         *
         * @param file holds them; the caller copies it at once and refuses when the copy's digest is another one, because a user's file
         *     may change at any time
         * @param digest {@code sha256:} and 64 hex digits
         */
        record Bytes(Path file, String digest) implements Fetched {
            public Bytes {
                Objects.requireNonNull(file);
                Objects.requireNonNull(digest);
            }
        }

        /** Not found, not readable, too large, timed out, or another digest than the chain asks for. */
        record Refused(ApplyOutcome.Problem problem) implements Fetched {
            public Refused {
                Objects.requireNonNull(problem);
            }
        }
    }
}
