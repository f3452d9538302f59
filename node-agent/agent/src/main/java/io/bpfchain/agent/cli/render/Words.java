package io.bpfchain.agent.cli.render;

import java.time.Duration;
import java.util.List;

/** Small phrases. */
final class Words {
    private Words() {}

    /** {@code 1 hook}, {@code 2 hooks}. */
    static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** As kubectl writes ages: the two largest units while they are small, otherwise one. */
    static String age(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m";
        }
        if (seconds < 48 * 3600) {
            return seconds / 3600 + "h";
        }
        return seconds / 86_400 + "d";
    }

    /** {@code sha256:} and 12 digits of a digest. */
    static String shortened(String digest) {
        return digest.startsWith("sha256:") && digest.length() > 19 ? digest.substring(0, 19) : digest;
    }

    /** The values with commas between, or a dash. */
    static String list(List<String> values) {
        return values.isEmpty() ? "-" : String.join(", ", values);
    }
}
