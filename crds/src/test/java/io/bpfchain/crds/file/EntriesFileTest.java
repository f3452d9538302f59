package io.bpfchain.crds.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EntriesFileTest {
    @Test
    void readsOneEntryALineWithItsPlace() {
        assertThat(read(
                        "list.txt",
                        "# blocked\n\n10.0.0.0/8\n80\t2 # http\n\"a b\" [1, 2]\n{port: 80, addr: \"::1\"} -1\r\n"))
                .containsExactly(
                        "\"10.0.0.0/8\" 1 list.txt:3",
                        "80 2 list.txt:4",
                        "\"a b\" [1,2] list.txt:5",
                        "{\"port\":80,\"addr\":\"::1\"} -1 list.txt:6");
    }

    @Test
    void readsAYamlListWithItsPlaces() {
        assertThat(read("list.yaml", "- {key: a, value: 1}\n- key: {b: 1}\n  value: true\n"))
                .containsExactly("\"a\" 1 list.yaml:1", "{\"b\":1} true list.yaml:2");
        assertThat(read("list.json", "[{\"key\": 1, \"value\": 2}]")).containsExactly("1 2 list.json:1");
    }

    @Test
    void acceptsNoEntries() {
        assertThat(read("list.txt", "")).isEmpty();
        assertThat(read("list.yaml", "[]")).isEmpty();
        assertThat(read("list.yaml", "# nothing\n")).isEmpty();
    }

    @Test
    void refusesByLine() {
        assertThat(errors("list.txt", "a 1\n010 1\nb yes\nc [1\n99999999999999999999\n"))
                .satisfiesExactly(
                        e -> assertThat(e).startsWith("list.txt:2: key: 010 is read in different ways"),
                        e -> assertThat(e).startsWith("list.txt:3: value: yes is a boolean for some"),
                        e -> assertThat(e).startsWith("list.txt:4: value: not YAML: "),
                        e -> assertThat(e).startsWith("list.txt:5: key: the number does not fit"));
        assertThat(errors("list.yaml", "- {key: a}\n- {key: b, value: 1, x: 1}\n- 5\n"))
                .containsExactly(
                        "list.yaml:1: [0].value: Required value",
                        "list.yaml:2: [1].x: unknown field \"[1].x\"",
                        "list.yaml:3: [2]: Invalid value: \"integer\": [2] in body must be of type object: \"integer\"");
        assertThat(errors("list.yaml", "a: 1\n"))
                .containsExactly("list.yaml:1: must be one list of objects with key and value");
    }

    @Test
    void showsTheFirstErrorsOnly() {
        assertThat(errors("list.txt", "yes\n".repeat(50))).hasSize(21).last().isEqualTo("list.txt: and 30 more errors");
    }

    private static List<String> read(String name, String text) {
        EntriesOutcome outcome = new EntriesFile().parse(name, text);
        assertThat(outcome).isInstanceOf(EntriesOutcome.Read.class);
        return ((EntriesOutcome.Read) outcome)
                .entries().stream()
                        .map(e -> e.entry().key() + " " + e.entry().value() + " " + e.place())
                        .toList();
    }

    private static List<String> errors(String name, String text) {
        return messages(new EntriesFile().parse(name, text));
    }

    private static List<String> messages(EntriesOutcome outcome) {
        assertThat(outcome).isInstanceOf(EntriesOutcome.Invalid.class);
        return ((EntriesOutcome.Invalid) outcome)
                .errors().stream().map(FileError::toString).toList();
    }
}
