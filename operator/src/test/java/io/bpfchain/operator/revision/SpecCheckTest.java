package io.bpfchain.operator.revision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecCheckTest {
    private static final String CONFIG_MAP = "{\"configMap\":{\"namespace\":\"a\",\"name\":\"b\",\"key\":\"c\"}}";

    private static SpecCheck.Result check(String source, String globals, String maps) throws JsonProcessingException {
        JsonNode spec = new ObjectMapper().readTree("""
                        {"attachType":"cgroup_inet_egress","cgroup":{"kubepods":{}},
                         "objects":[{"name":"o","source":%s,"globals":%s,"maps":%s}],"programs":[{"name":"p"}]}""".formatted(source, globals, maps));
        return SpecCheck.read(spec);
    }

    private static String message(String source, String globals, String maps) throws JsonProcessingException {
        return check(source, globals, maps) instanceof SpecCheck.Result.Invalid(String message) ? message : "valid";
    }

    @Test
    void aSpecWithoutProblemsIsRead() throws JsonProcessingException {
        assertThat(check(CONFIG_MAP, "{\"port\":80}", "[]")).isInstanceOf(SpecCheck.Result.Valid.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "18446744073709551616|write it as a string",
                "null|null is not a value",
                "[1,null]|null is not a value"
            })
    void valuesThatTheApiServerLetsPassAreRefusedByTheirPlace(String value, String why) throws JsonProcessingException {
        assertThat(message(CONFIG_MAP, "{\"port\":" + value + "}", "[]"))
                .startsWith("spec.objects[0].globals.port")
                .contains(why);
    }

    @Test
    void filesOfOneHostAreRefused() throws JsonProcessingException {
        assertThat(message("{\"file\":{\"path\":\"/x.o\"}}", "{}", "[]"))
                .startsWith("spec.objects[0].source.file: file sources are for one host");
    }

    @Test
    void soAreSourcesOfEntries() throws JsonProcessingException {
        assertThat(message(CONFIG_MAP, "{}", "[{\"name\":\"m\",\"entriesFrom\":{\"file\":{\"path\":\"x\"}}}]"))
                .startsWith("spec.objects[0].maps[0].entriesFrom.file: file sources are for one host");
    }

    /** The API server refuses these; an older schema may have let them in. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|spec.objects[0].source: Invalid value: exactly one of file, url, configMap and oci must be set",
                "{\"url\":{\"url\":\"https://a/b\"}}|spec.objects[0].source.url.sha256: Required value",
                "{\"git\":{}}|spec.objects[0].source.git: unknown field",
                "7|spec.objects[0].source: Invalid value: \"integer\""
            })
    void sourcesThatAnOlderSchemaLetInAreRefusedByTheirPlace(String source, String message)
            throws JsonProcessingException {
        assertThat(message(source, "{}", "[]")).startsWith(message);
    }

    @Test
    void soAreWordsThatNobodyKnows() throws JsonProcessingException {
        assertThat(message(CONFIG_MAP, "{}", "[{\"name\":\"m\",\"onUpdate\":\"Merge\"}]"))
                .startsWith("spec.objects[0].maps[0].onUpdate: Unsupported value: \"Merge\"");
    }

    @Test
    void aSpecThatIsTooLargeIsRefused() throws JsonProcessingException {
        assertThat(message(CONFIG_MAP, "{\"text\":\"" + "x".repeat(300_000) + "\"}", "[]"))
                .contains("at most 262144");
    }
}
