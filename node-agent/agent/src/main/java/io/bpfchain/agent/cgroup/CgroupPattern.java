package io.bpfchain.agent.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A cgroup path, or a pattern of paths: {@code *} matches any number of characters and {@code ?} one, within a segment. Every other
 * character stands for itself, backslashes too: systemd escapes unit names with them ({@code dev\x2dsda.mount}).
 *
 * @param text as the user wrote it
 * @param segments between the slashes; none for the root
 */
public record CgroupPattern(String text, List<String> segments) {
    public CgroupPattern {
        Objects.requireNonNull(text);
        segments = List.copyOf(segments);
    }

    /** Reads a path or pattern. */
    public static Parsed parse(String text) {
        if (!text.startsWith("/")) {
            return new Parsed.Malformed("a cgroup path begins with \"/\" and is relative to the cgroup2 mount");
        }
        List<String> segments = new ArrayList<>();
        for (String segment : text.substring(1).split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                return new Parsed.Malformed("\"" + segment + "\" is not allowed in a cgroup path");
            }
            if (segment.indexOf('\0') >= 0) {
                return new Parsed.Malformed("a cgroup path has no NUL characters");
            }
            if (!segment.isEmpty()) {
                segments.add(segment);
            }
        }
        return new Parsed.Pattern(new CgroupPattern(text, segments));
    }

    /** Whether new cgroups may come to match. */
    public boolean isGlob() {
        return segments.stream().anyMatch(Cgroups::isGlob);
    }

    /** The deepest path above everything that can match; the path itself where it is no glob. */
    public String literalPrefix() {
        StringBuilder prefix = new StringBuilder();
        for (String segment : segments) {
            if (Cgroups.isGlob(segment)) {
                break;
            }
            prefix.append('/').append(segment);
        }
        return prefix.isEmpty() ? "/" : prefix.toString();
    }

    /** Whether a directory name matches the segment at an index. */
    public boolean matches(int index, String name) {
        return matches(segments.get(index), name);
    }

    /** Linear in both lengths for one star, never exponential: on a mismatch only the last star takes one more character. */
    private static boolean matches(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int afterStar = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                afterStar = n;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++afterStar;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** What came of reading a path. */
    public sealed interface Parsed {
        record Pattern(CgroupPattern pattern) implements Parsed {}

        /**
         * Not a path.
         *
         * @param message why, beginning in lower case, without the path
         */
        record Malformed(String message) implements Parsed {}
    }
}
