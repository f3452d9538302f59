package io.bpfchain.crds.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A Markdown page as far as it can be right or wrong about others: its anchors, its links and the first cells of its tables. What stands
 * in code is none of these.
 *
 * @param anchors of its headings, as GitHub makes them
 * @param rows the first cell of each row of its tables, as it is written
 */
public record Markdown(Set<String> anchors, List<Link> links, List<String> rows) {
    private static final Pattern HEADING = Pattern.compile("#{1,6} +(?<title>.*)");
    private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\((?<target>[^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");
    private static final Pattern ROW = Pattern.compile("\\| *(?<cell>[^|]*?) *\\|.*");

    /**
     * A link.
     *
     * @param line 1-based
     * @param target as it is written
     */
    public record Link(int line, String target) {}

    public Markdown {
        anchors = Set.copyOf(anchors);
        links = List.copyOf(links);
        rows = List.copyOf(rows);
    }

    /** Reads a page. */
    public static Markdown read(Path file) throws IOException {
        return of(Files.readString(file));
    }

    static Markdown of(String text) {
        Set<String> anchors = new LinkedHashSet<>();
        List<Link> links = new ArrayList<>();
        List<String> rows = new ArrayList<>();
        Map<String, Integer> titles = new HashMap<>();
        boolean fenced = false;
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.stripLeading().startsWith("```")) {
                fenced = !fenced;
            } else if (!fenced) {
                int number = i + 1;
                LINK.matcher(CODE.matcher(line).replaceAll("code"))
                        .results()
                        .forEach(m -> links.add(new Link(number, m.group("target"))));
                first(HEADING, "title", line).forEach(t -> anchors.add(numbered(anchor(t), titles)));
                rows.addAll(first(ROW, "cell", line));
            }
        }
        return new Markdown(anchors, links, rows);
    }

    private static List<String> first(Pattern pattern, String group, String line) {
        return pattern.matcher(line).results().limit(1).map(m -> m.group(group)).toList();
    }

    /** A title that is there before gets a number behind its anchor. */
    private static String numbered(String anchor, Map<String, Integer> seen) {
        int before = seen.merge(anchor, 1, Integer::sum) - 1;
        return before == 0 ? anchor : anchor + "-" + before;
    }

    /** The anchor of a title: letters, digits, {@code _} and {@code -}; blanks become {@code -}. */
    public static String anchor(String title) {
        return title.replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .strip()
                .replace(' ', '-');
    }
}
