package io.bpfchain.crds.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    @Test
    void readsWhatJacksonsMapperReads() throws IOException {
        String json = """
                {"a": [1, -9223372036854775808, 0.25, true, false, null, "t\\u00e9\\n", [], {}], "b": {"c": {"d": "e"}}}
                """;
        assertThat(JsonText.read(json).toString())
                .isEqualTo(new ObjectMapper().readTree(json).toString());
        assertThat(JsonText.read(json.getBytes(UTF_8))).isEqualTo(JsonText.read(json));
    }

    @Test
    void keepsNumbersThatNoPrimitiveHolds() throws IOException {
        assertThat(JsonText.read("[1e400, 123456789012345678901234567890, 0.10]"))
                .extracting(n -> n.asText())
                .containsExactly("1E+400", "123456789012345678901234567890", "0.10");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1",
                "{\"a\"",
                "{\"a\": ",
                "]",
                "{} {}",
                "1 2",
                "{\"a\": 1, \"a\": 1}",
                "nul",
                "\"a"
            })
    void refusesWhatIsNotOneValue(String json) {
        assertThatThrownBy(() -> JsonText.read(json)).isInstanceOf(IOException.class);
    }
}
