package io.bpfchain.agent.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonFormTest {
    private record Tree(String name, int height, Optional<String> note, List<Tree> branches) {}

    private static final JsonForm<Tree> LEAF = new JsonForm<>(
            (tree, out) -> {
                out.writeStringField("name", tree.name());
                out.writeNumberField("height", tree.height());
                out.writeStringField("note", tree.note().orElse(null));
            },
            in -> new Tree(in.text("name"), in.integer("height"), in.optionalText("note"), List.of()));

    private static final JsonForm<Tree> FORM = new JsonForm<>(
            (tree, out) -> {
                LEAF.writer().write(tree, out);
                LEAF.writeAll("branches", tree.branches(), out);
            },
            in -> new Tree(
                    in.text("name"), in.integer("height"), in.optionalText("note"), in.objects("branches", LEAF)));

    @Test
    void readsWhatItWrote() throws IOException {
        Tree leaf = new Tree("\"é\u0000", -1, Optional.of(""), List.of());
        Tree tree = new Tree("t", Integer.MAX_VALUE, Optional.empty(), List.of(leaf, leaf));

        assertThat(FORM.parse(FORM.bytes(tree))).isEqualTo(tree);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'name': 'a', 'height': 1}                               | branches is missing",
                "{'name': 'a', 'branches': []}                            | height is missing",
                "{'name': 1, 'height': 1, 'branches': []}                 | name is not text",
                "{'name': null, 'height': 1, 'branches': []}              | name is not text",
                "{'name': 'a', 'height': '1', 'branches': []}             | height is not an integer of 32 bits",
                "{'name': 'a', 'height': 1.0, 'branches': []}             | height is not an integer of 32 bits",
                "{'name': 'a', 'height': 2147483648, 'branches': []}      | height is not an integer of 32 bits",
                "{'name': 'a', 'height': 1, 'branches': {}}               | branches is not a list",
                "{'name': 'a', 'height': 1, 'branches': [1]}              | an object is expected, not NUMBER",
                "{'name': 'a', 'height': 1, 'branches': [{'name': 'b'}]}  | height is missing",
                "{'name': 'a', 'height': 1, 'branches': [], 'more': null} | unknown field more",
                "[]                                                       | an object is expected, not ARRAY"
            },
            quoteCharacter = '~')
    void refusesAnythingElse(String json, String problem) {
        assertThatThrownBy(() -> FORM.parse(json.replace('\'', '"').getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(problem);
    }

    @Test
    void refusesWhatIsNoJson() {
        assertThatThrownBy(() -> FORM.parse("{\"name\": \"a\"".getBytes(UTF_8))).isInstanceOf(IOException.class);
    }
}
