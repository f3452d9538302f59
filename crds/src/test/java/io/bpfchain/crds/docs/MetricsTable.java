package io.bpfchain.crds.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The metrics that a registry exposes, as a table; {@code docs/metrics.md} has one for each component, and with
 * {@code -Dbpfchain.regenerate=true} it is written.
 */
public final class MetricsTable {
    private static final Pattern HELP = Pattern.compile("# HELP (?<name>\\S+) (?<text>.+)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (?<name>\\S+) (?<text>\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("(?<name>[a-z_]+)(\\{(?<labels>.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(?<name>[a-z_]+)=\"[^\"]*\",?");

    private final Map<String, String> help = new TreeMap<>();
    private final Map<String, String> types = new TreeMap<>();
    private final Map<String, Set<String>> labels = new TreeMap<>();

    private MetricsTable() {}

    /** Compares a page's part about a component with what the component's registry exposes, in Prometheus' text format. */
    public static void check(Path page, String component, String exposed) throws IOException {
        String text = Files.readString(page);
        String mark = "<!-- generated: " + component + " -->\n";
        int begin = text.indexOf(mark) + mark.length();
        int end = text.indexOf("<!-- end of generated -->\n", begin);
        String wanted = text.substring(0, begin) + of(exposed) + text.substring(end);
        if (Boolean.getBoolean("bpfchain.regenerate")) {
            Files.writeString(page, wanted);
        }
        assertThat(Files.readString(page))
                .as("%s differs from what the %s exposes; regenerate it: make format", page, component)
                .isEqualTo(wanted);
    }

    static String of(String exposed) {
        MetricsTable table = new MetricsTable();
        exposed.lines().forEach(table::line);
        assertThat(table.help.keySet()).as("metrics with a description").isEqualTo(table.types.keySet());
        return "| metric | type | labels | |\n|---|---|---|---|\n"
                + table.types.keySet().stream().map(table::row).collect(Collectors.joining());
    }

    private void line(String line) {
        HELP.matcher(line).results().forEach(m -> help.put(m.group("name"), m.group("text")));
        TYPE.matcher(line).results().forEach(m -> types.put(m.group("name"), m.group("text")));
        SAMPLE.matcher(line)
                .results()
                .filter(m -> !line.startsWith("#"))
                .forEach(m -> LABEL.matcher(m.group("labels") == null ? "" : m.group("labels"))
                        .results()
                        .forEach(l -> labels.computeIfAbsent(metric(m.group("name")), n -> new TreeSet<>())
                                .add(l.group("name"))));
    }

    /** The metric of a sample: a summary's have a suffix. */
    private String metric(String sample) {
        return types.containsKey(sample) ? sample : sample.replaceAll("_(count|sum)$", "");
    }

    private String row(String metric) {
        String names = labels.getOrDefault(metric, Set.of()).stream()
                .map(l -> "`" + l + "`")
                .collect(Collectors.joining(", "));
        return "| `%s` | %s | %s | %s |\n".formatted(metric, types.get(metric), names, help.get(metric));
    }
}
