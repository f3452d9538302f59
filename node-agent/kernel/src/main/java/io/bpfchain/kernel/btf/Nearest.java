package io.bpfchain.kernel.btf;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Suggests the name that was probably meant. */
final class Nearest {
    private static final int MAX_LENGTH = 64;

    private Nearest() {}

    /** The closest candidate, when a few changed characters lead to it. */
    static Optional<String> name(String given, Collection<String> candidates) {
        if (given.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        int tolerated = given.length() < 3 ? 1 : Math.max(2, given.length() / 3);
        return candidates.stream()
                .filter(c -> c.length() <= MAX_LENGTH)
                .filter(c -> distance(given, c) <= tolerated)
                .min(Comparator.comparingInt((String c) -> distance(given, c))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** {@code ; did you mean "x"?}, or {@code ; there are a, b, c}, or nothing. */
    static String hint(String given, Collection<String> candidates) {
        return name(given, candidates)
                .map(n -> "; did you mean \"" + n + "\"?")
                .orElseGet(() -> candidates.isEmpty() || candidates.size() > 12
                        ? ""
                        : "; there " + (candidates.size() == 1 ? "is " : "are ")
                                + String.join(", ", candidates.stream().sorted().toList()));
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
