package io.bpfchain.agent.cgroup;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody probably meant. */
final class SimilarName {
    private SimilarName() {}

    /** The closest of some names; empty where none is close: at most a third of the characters differ, or one begins with the other. */
    static Optional<String> of(String wanted, Collection<String> names) {
        return names.stream()
                .filter(n -> isClose(wanted, n))
                .min(Comparator.comparingInt((String n) -> distance(wanted, n)).thenComparing(n -> n));
    }

    private static boolean isClose(String wanted, String name) {
        return distance(wanted, name) <= Math.max(1, wanted.length() / 3)
                || (wanted.length() >= 3 && name.startsWith(wanted + "."));
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substituted, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
