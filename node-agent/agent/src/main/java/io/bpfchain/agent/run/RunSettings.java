package io.bpfchain.agent.run;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What the daemon works with.
 *
 * @param directory of the chain files, absolute
 * @param status where what is wrong is written, as JSON, for whoever looks; replaced as a whole
 */
public record RunSettings(Path directory, Path status, Timing timing) {
    public RunSettings {
        Objects.requireNonNull(status);
        Objects.requireNonNull(timing);
        if (!directory.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + directory);
        }
    }

    /** How chains of this daemon are marked. */
    public String manager() {
        return "run:" + directory;
    }
}
