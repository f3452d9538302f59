package io.bpfchain.agent.source;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Fetches what an URL serves. */
@FunctionalInterface
public interface Download extends AutoCloseable {
    /** Writes it to a file. */
    HttpsDownload.Result fetch(URI uri, Path to) throws IOException;

    /** Lets go of threads and descriptors; what is not done ends. */
    @Override
    default void close() {}

    /**
     * Over https, trusting whom {@link Authorities} finds; where those cannot be read every fetch is refused.
     *
     * @param environment of the process
     */
    static Download of(Limits limits, Map<String, String> environment) {
        return switch (Authorities.find(environment)) {
            case Authorities.Found.Platform _ -> new HttpsDownload(limits, Optional.empty());
            case Authorities.Found.Listed listed -> new HttpsDownload(limits, Optional.of(listed.context()));
            case Authorities.Found.Unusable unusable -> (uri, to) -> unusable.refusal(uri);
        };
    }
}
