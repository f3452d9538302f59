package io.bpfchain.agent.run;

import java.time.Duration;

/**
 * How long the daemon waits.
 *
 * @param settle a file that changed more recently may still be written
 * @param grace between the deletion of a file and that of its chains
 * @param refresh between two looks at every hook
 * @param absent between two looks for a folder that is not there
 * @param rescan between two full looks at watched cgroups
 */
public record Timing(Duration settle, Duration grace, Duration refresh, Duration absent, Duration rescan) {
    /** 200 ms, 5 s, 30 s, 1 s, 60 s. */
    public static final Timing DEFAULT = new Timing(
            Duration.ofMillis(200),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60));
}
