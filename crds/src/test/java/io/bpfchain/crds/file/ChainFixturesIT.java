package io.bpfchain.crds.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.crds.testing.RawApi.Answer;
import io.bpfchain.crds.testing.TestCluster;
import io.bpfchain.crds.testing.WithTestCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A real API server says of every chain file what the reader of files says: it accepts the same ones, with the same defaults, and
 * refuses the others in the same places for the same reasons. Left out are {@code invalid-file-*}: what is wrong with those is in the
 * YAML or in parts of metadata that belong to the API server, and it never sees that.
 */
@ExtendWith(WithTestCluster.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChainFixturesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> RULES = rules(ChainSchema.DOCUMENT).collect(Collectors.toUnmodifiableSet());

    private final ChainsApi api;

    ChainFixturesIT(TestCluster cluster) {
        api = new ChainsApi(cluster.client());
    }

    static List<Path> valid() {
        return ChainFixtures.named("valid-");
    }

    static List<Path> invalid() {
        return ChainFixtures.named("invalid-").stream()
                .filter(p -> !p.getFileName().toString().startsWith("invalid-file-"))
                .toList();
    }

    @BeforeAll
    void install() {
        api.install(Path.of("cgroupprogramchains.bpfchain.io-v1.yml"));
        api.makeBase(documents(Path.of("src/test/resources/chains/valid-minimal.yaml"))
                .getFirst());
    }

    @AfterAll
    void remove() {
        api.remove();
    }

    @Test
    void refusesAChainOnlyForWhatIsWrongWithIt() {
        // The negative control of all cases below: an API server that refused everything, or validated nothing, fails
        // here.
        JsonNode chain = documents(Path.of("src/test/resources/chains/valid-minimal.yaml"))
                .getFirst();
        for (ChainsApi.Way way : ChainsApi.Way.values()) {
            assertThat(api.send(way, chain).successful()).as(way.toString()).isTrue();
        }
    }

    @Test
    void doesNotMixTheProgramsOfTwoManagers() {
        // A list that is merged by name would get an order by arrival, and a partial apply would shorten a chain.
        JsonNode programs = JSON.createArrayNode().add(JSON.createObjectNode().put("name", "other"));
        Answer answer = api.applyPrograms("somebody-else", programs);
        assertThat(answer.code()).isEqualTo(409);
        assertThat(answer.body().path("details").path("causes")).singleElement().satisfies(cause -> {
            assertThat(cause.path("field").asText()).isEqualTo(".spec.programs");
            assertThat(cause.path("message").asText()).contains("conflict with \"kubectl\"");
        });
    }

    @ParameterizedTest
    @MethodSource("valid")
    void acceptsWithTheDefaultsThatTheReaderFillsIn(Path fixture) {
        List<ChainDocument> read = read(fixture);
        List<JsonNode> documents = documents(fixture);
        assertThat(documents).hasSameSizeAs(read);
        for (int i = 0; i < documents.size(); i++) {
            for (ChainsApi.Way way : ChainsApi.Way.values()) {
                Answer answer = api.send(way, documents.get(i));
                assertThat(answer.successful())
                        .as("%s of document %d: %s", way, i, answer.body())
                        .isTrue();
                assertThat(CanonicalJson.read(answer.body().path("spec").toString()))
                        .as("%s of document %d", way, i)
                        .isEqualTo(read.get(i).spec());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesWhereAndWhyTheReaderRefuses(Path fixture) {
        List<FileError> errors = errors(fixture);
        List<JsonNode> documents = documents(fixture);
        SoftAssertions softly = new SoftAssertions();
        for (ChainsApi.Way way : ChainsApi.Way.values()) {
            List<FileError> found = new ArrayList<>();
            List<FileError> due = new ArrayList<>();
            for (JsonNode document : documents) {
                Verdict verdict = Verdict.of(api.send(way, document));
                due.addAll(verdict.due(errors, RULES));
                for (Verdict.Complaint complaint : verdict.complaints()) {
                    List<FileError> same = errors.stream()
                            .filter(e -> verdict.is(complaint, e, RULES))
                            .toList();
                    softly.assertThat(same)
                            .as("%s: errors of the reader that are the API server's %s", way, complaint)
                            .isNotEmpty();
                    found.addAll(same);
                }
            }
            softly.assertThat(found)
                    .as("%s: what both complain about", way)
                    .isNotEmpty()
                    .containsAll(due);
        }
        softly.assertAll();
    }

    /** The sentences of all CEL rules. */
    private static Stream<String> rules(SchemaNode schema) {
        Stream<SchemaNode> below = Stream.concat(
                schema.properties().values().stream(),
                Stream.of(Optional.ofNullable(schema.items()), Optional.ofNullable(schema.others()))
                        .flatMap(Optional::stream));
        return Stream.concat(
                schema.validations().stream().map(SchemaNode.Validation::message),
                below.flatMap(ChainFixturesIT::rules));
    }

    private static List<ChainDocument> read(Path fixture) {
        return switch (new ChainFiles().parse("f", ChainFixtures.text(fixture), Path.of("/"))) {
            case ReadOutcome.Read(List<ChainDocument> documents) -> documents;
            case ReadOutcome.Invalid(List<FileError> errors) -> throw new AssertionError(fixture + ": " + errors);
        };
    }

    private static List<FileError> errors(Path fixture) {
        return switch (new ChainFiles().parse("f", ChainFixtures.text(fixture), Path.of("/"))) {
            case ReadOutcome.Read read -> throw new AssertionError(fixture + " is accepted by the reader");
            case ReadOutcome.Invalid(List<FileError> errors) -> errors;
        };
    }

    /** The objects of a file, as a client of the API server takes it apart; not with the reader that is under test. */
    private static List<JsonNode> documents(Path fixture) {
        List<JsonNode> documents = new ArrayList<>();
        Load yaml = new Load(LoadSettings.builder().setSchema(new CoreSchema()).build());
        for (Object document : yaml.loadAllFromString(ChainFixtures.text(fixture))) {
            JsonNode node = JSON.valueToTree(document);
            if (node.path("kind").asText().equals("List")) {
                node.path("items").forEach(documents::add);
            } else if (!node.isNull()) {
                documents.add(node);
            }
        }
        return documents;
    }
}
