package io.bpfchain.crds.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.AttachTypeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The CRDs and the table of a chain's fields are generated and committed; with {@code -Dbpfchain.regenerate=true} they are written. */
class CommittedFilesTest {
    private static final String CHAINS = "cgroupprogramchains.bpfchain.io-v1.yml";
    private static final String NODES = "cgroupprogramnodes.bpfchain.io-v1.yml";
    private static final Path GENERATED = Path.of("target/classes/io/bpfchain/crds");
    private static final Path DOCUMENTATION = Path.of("../docs/chain-files.md");
    private static final String BEGIN = "<!-- generated: fields -->\n";
    private static final String END = "<!-- end of generated -->\n";
    private static final String HOW =
            "differs from what the records say; regenerate it: mvn -pl crds test -Dtest=CommittedFilesTest -Dbpfchain.regenerate=true";

    @ParameterizedTest
    @ValueSource(strings = {CHAINS, NODES})
    void theCommittedCrdIsTheGeneratedOne(String name) throws IOException {
        check(Path.of(name), Files.readString(GENERATED.resolve(name)));
    }

    @Test
    void theTableOfFieldsIsTheGeneratedOne() throws IOException {
        String text = Files.readString(DOCUMENTATION);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        check(DOCUMENTATION, text.substring(0, begin) + table() + text.substring(end));
    }

    /** kubectl and Helm read YAML 1.1, where these words are no strings: the API server would then refuse every status. */
    @ParameterizedTest
    @ValueSource(strings = {CHAINS, NODES})
    void noWordOfAnEnumerationIsATruthValue(String name) throws IOException {
        assertThat(Files.readAllLines(Path.of(name)).stream()
                        .filter(line -> line.matches("(?i) *- (true|false|yes|no|on|off|y|n)")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {CHAINS, NODES})
    void everyFieldHasADescription(String name) throws IOException {
        List<String> without = new ArrayList<>();
        fields(schema(name), (f, schema) -> {
            if (schema.text("description") == null) {
                without.add(f);
            }
        });
        assertThat(without).isEmpty();
    }

    @Test
    void everyRuleIsBrokenByAFixture() throws IOException {
        String expected = ChainFixtures.named("invalid-").stream()
                .filter(p -> !p.getFileName().toString().startsWith("invalid-file-"))
                .flatMap(p -> ChainFixtures.expected(p).stream())
                .collect(Collectors.joining("\n"));
        List<String> rules = new ArrayList<>();
        rules(schema(CHAINS), rules);
        assertThat(rules).hasSizeGreaterThanOrEqualTo(15);
        assertThat(rules).allSatisfy(rule -> assertThat(expected).contains("Invalid value: " + rule));
    }

    @Test
    void twentyEightAttachTypesAreAccepted() throws IOException {
        assertThat(AttachTypeName.names()).hasSize(28).doesNotContain("lsm_cgroup");
        Tree spec = required(required(schema(CHAINS), "properties"), "spec");
        Tree values = required(required(required(spec, "properties"), "attachType"), "enum");
        assertThat(((Tree.Sequence) values).items())
                .extracting(v -> ((Tree.Scalar) v).text())
                .containsExactlyInAnyOrderElementsOf(AttachTypeName.names());
    }

    private static void check(Path committed, String wanted) throws IOException {
        if (Boolean.getBoolean("bpfchain.regenerate")) {
            Files.writeString(committed, wanted);
        }
        assertThat(committed).exists();
        assertThat(Files.readString(committed)).as(committed + " " + HOW).isEqualTo(wanted);
    }

    private static String table() throws IOException {
        StringBuilder out = new StringBuilder("| field | type | what it does |\n|---|---|---|\n");
        fields(schema(CHAINS), (path, schema) -> {
            if (!path.startsWith("status")) {
                out.append("| `%s` | %s | %s |\n".formatted(path, type(schema), description(schema)));
            }
        });
        return out.toString();
    }

    private static String type(Tree.Mapping schema) {
        String type = schema.text("type");
        String item = schema.get("items") instanceof Tree.Mapping items ? items.text("type") : null;
        if ("true".equals(schema.text("x-kubernetes-int-or-string"))) {
            return "integer or string";
        }
        return type == null ? "any" : item == null ? type : "list of " + item + "s";
    }

    private static String description(Tree.Mapping schema) {
        String text = String.valueOf(schema.text("description"))
                .replace("|", "\\|")
                .replace("<", "&lt;")
                .replace("*", "\\*");
        if (schema.get("enum") instanceof Tree.Sequence values && values.items().size() < 10) {
            text += " One of "
                    + values.items().stream()
                            .map(v -> "`" + ((Tree.Scalar) v).text() + "`")
                            .collect(Collectors.joining(", "))
                    + ".";
        }
        String standard = schema.text("default");
        return standard == null ? text : text + " Default: `" + standard + "`.";
    }

    private interface Visitor {
        void visit(String path, Tree.Mapping schema);
    }

    private static void fields(Tree.Mapping schema, Visitor visitor) {
        properties((Tree.Mapping) required(schema, "properties"), "", visitor);
    }

    private static void properties(Tree.Mapping properties, String prefix, Visitor visitor) {
        for (Tree.Field field : properties.fields()) {
            Tree.Mapping schema = (Tree.Mapping) field.value();
            String path = prefix + field.key();
            visitor.visit(path, schema);
            if (schema.get("properties") instanceof Tree.Mapping below) {
                properties(below, path + ".", visitor);
            }
            if (schema.get("items") instanceof Tree.Mapping items
                    && items.get("properties") instanceof Tree.Mapping below) {
                properties(below, path + "[].", visitor);
            }
        }
    }

    private static void rules(Tree tree, List<String> rules) {
        if (tree instanceof Tree.Mapping mapping) {
            mapping.mappings("x-kubernetes-validations").forEach(v -> rules.add(String.valueOf(v.text("message"))));
            mapping.fields().forEach(f -> rules(f.value(), rules));
        }
    }

    private static Tree.Mapping schema(String name) throws IOException {
        return GenerateSchema.ofCrd(Files.readString(GENERATED.resolve(name)));
    }

    private static Tree required(Tree tree, String key) {
        @Nullable Tree value = ((Tree.Mapping) tree).get(key);
        assertThat(value).as(key).isNotNull();
        return Objects.requireNonNull(value);
    }
}
