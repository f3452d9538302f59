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

/** The CRDs and the reference of the API are generated and committed; with {@code -Dbpfchain.regenerate=true} they are written. */
class CommittedFilesTest {
    private static final String CHAINS = "cgroupprogramchains.bpfchain.io-v1.yml";
    private static final String NODES = "cgroupprogramnodes.bpfchain.io-v1.yml";
    private static final Path GENERATED = Path.of("target/classes/io/bpfchain/crds");
    private static final Path REFERENCE = Path.of("../docs/api-reference.md");
    private static final String HOW =
            "differs from what the records say; regenerate it: mvn -pl crds test -Dtest=CommittedFilesTest -Dbpfchain.regenerate=true";

    @ParameterizedTest
    @ValueSource(strings = {CHAINS, NODES})
    void theCommittedCrdIsTheGeneratedOne(String name) throws IOException {
        check(Path.of(name), Files.readString(GENERATED.resolve(name)));
    }

    @Test
    void theReferenceIsTheGeneratedOne() throws IOException {
        check(REFERENCE, ApiReference.of(List.of(crd(CHAINS), crd(NODES))));
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

    private static Tree.Mapping crd(String name) throws IOException {
        return (Tree.Mapping) YamlReader.read(Files.readString(GENERATED.resolve(name)), Integer.MAX_VALUE)
                .documents()
                .getFirst();
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
