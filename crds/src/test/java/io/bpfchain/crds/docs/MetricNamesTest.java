package io.bpfchain.crds.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of metrics elsewhere is said of metrics that there are: those of the tables in {@code docs/metrics.md}. */
class MetricNamesTest {
    private static final Path PAGE = Path.of("../docs/metrics.md");
    private static final Pattern NAME = Pattern.compile("bpfchain_[a-z_]+");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../docs/alerts.yaml",
                "../docs/metrics.md",
                "../docs/operations.md",
                "../docs/agent.md",
                "../helm/bpfchain/files/dashboard.json"
            })
    void everyMetricThatIsNamedIsInTheTables(String file) throws IOException {
        Set<String> there = metrics();
        assertThat(names(Files.readString(Path.of(file))))
                .isNotEmpty()
                .allSatisfy(n -> assertThat(there).contains(n.replaceAll("(?<=_seconds)_(count|sum)$", "")));
    }

    @Test
    void bothTablesAreThere() throws IOException {
        assertThat(metrics()).contains("bpfchain_chain_running", "bpfchain_chain_nodes");
    }

    private static Set<String> metrics() throws IOException {
        Set<String> metrics = new HashSet<>();
        Markdown.read(PAGE).rows().forEach(cell -> metrics.addAll(names(cell)));
        return metrics;
    }

    private static List<String> names(String text) {
        try (Stream<String> found = NAME.matcher(text).results().map(m -> m.group())) {
            return found.toList();
        }
    }
}
