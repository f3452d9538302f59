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

    @Test
    void readsEveryEscape() throws IOException {
        assertThat(JsonText.read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00 é\"")
                        .textValue())
                .isEqualTo("\"\\/\b\f\n\r\té\uD83D\uDE00 é");
    }

    @Test
    void tellsIntegersAsLongsWhereverTheyFit() throws IOException {
        assertThat(JsonText.read("[9223372036854775807, -9223372036854775808, -0, 9223372036854775808]"))
                .extracting(n -> n.isLong())
                .containsExactly(true, true, true, false);
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
                "\"a",
                "\"\\",
                "\"\\u12g4\"",
                "\"\\u\uff11\uff12\uff13\uff14\"",
                "\"\\x\"",
                "\"\n\"",
                "\"\0\"",
                "\0",
                "1\0",
                "01",
                "-",
                "+1",
                ".5",
                "1.",
                "1e",
                "1e+",
                "0x1",
                "NaN",
                "[1,]",
                "[,1]",
                "{,}",
                "{\"a\":1,}",
                "{a: 1}",
                "{'a': 1}",
                "{\"a\" 1}",
                "[1 2]",
                "truefalse",
                "1e99999999999",
                "\ufeff1",
                "/**/1"
            })
    void refusesWhatIsNotOneValue(String json) {
        assertThatThrownBy(() -> JsonText.read(json)).isInstanceOf(IOException.class);
    }

    @Test
    void saysWhereTheTextIsWrong() {
        assertThatThrownBy(() -> JsonText.read("{\"a\": [1, }"))
                .hasMessage("not JSON, at character 11: a value is expected");
    }

    @Test
    void refusesBytesThatAreNoText() {
        assertThatThrownBy(() -> JsonText.read(new byte[] {'"', (byte) 0xc3, '"'}))
                .isInstanceOf(IOException.class);
    }

    /** Neither the stack nor the time of the process is for whoever wrote the text. */
    @Test
    void refusesWhatIsOnlyDeepOrLong() {
        assertThatThrownBy(() -> JsonText.read("[".repeat(100_000))).hasMessageContaining("nested");
        assertThatThrownBy(() -> JsonText.read("1".repeat(1_001))).hasMessageContaining("a number of more than");
    }
}
