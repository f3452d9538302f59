package io.bpfchain.agent.source;

import java.time.Duration;
import java.util.Objects;

/**
 * What a source may cost.
 *
 * @param bytes the largest object
 * @param connect until a connection, TLS included, stands
 * @param total for one download, redirects and body included
 */
public record Limits(long bytes, Duration connect, Duration total) {
    /** 64 MiB, 10 s, 60 s. */
    public static final Limits DEFAULT = new Limits(64L << 20, Duration.ofSeconds(10), Duration.ofSeconds(60));

    public Limits {
        Objects.requireNonNull(connect);
        Objects.requireNonNull(total);
        if (bytes <= 0) {
            throw new IllegalArgumentException("bytes must be positive: " + bytes);
        }
    }
}
