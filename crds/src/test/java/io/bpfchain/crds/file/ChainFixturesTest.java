package io.bpfchain.crds.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChainFixturesTest {
    static List<Path> valid() {
        return ChainFixtures.named("valid-");
    }

    static List<Path> invalid() {
        return ChainFixtures.named("invalid-");
    }

    @Test
    void everyFixtureIsEitherValidOrInvalid() {
        assertThat(ChainFixtures.all())
                .allSatisfy(p ->
                        assertThat(p.getFileName().toString()).matches("(valid|invalid)-[a-z0-9-]+[.](yaml|json)"));
        assertThat(invalid()).hasSizeGreaterThanOrEqualTo(45);
    }

    @ParameterizedTest
    @MethodSource("valid")
    void acceptsAndKeepsThroughCanonicalJson(Path fixture) {
        ReadOutcome outcome = new ChainFiles().parse("chain.yaml", ChainFixtures.text(fixture), Path.of("/"));
        assertThat(outcome).isInstanceOf(ReadOutcome.Read.class);
        assertThat(((ReadOutcome.Read) outcome).documents()).isNotEmpty().allSatisfy(document -> {
            String json = CanonicalJson.write(document.spec());
            assertThat(CanonicalJson.read(json)).isEqualTo(document.spec().content());
            assertThat(CanonicalJson.write(CanonicalJson.read(json))).isEqualTo(json);
        });
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesWithTheExpectedMessages(Path fixture) {
        ReadOutcome outcome = new ChainFiles().parse("f", ChainFixtures.text(fixture), Path.of("/"));
        assertThat(outcome).isInstanceOf(ReadOutcome.Invalid.class);
        assertThat(((ReadOutcome.Invalid) outcome).errors())
                .extracting(e -> e.toString().substring("f:".length()))
                .containsExactlyElementsOf(ChainFixtures.expected(fixture));
    }
}
