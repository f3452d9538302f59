package io.bpfchain.operator.revision;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.SourceSpec.OciSource;
import io.bpfchain.crds.file.CanonicalJson;
import io.bpfchain.operator.revision.Sources.Artifacts.Answer;
import io.bpfchain.operator.revision.Sources.Resolution;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class SourcesTest {
    private static final String URL_DIGEST = "b".repeat(64);
    private static final ChainSpec SPEC = CanonicalJson.read("""
            {"attachType":"cgroup_inet_egress","cgroup":{"kubepods":{}},
             "objects":[
              {"name":"a","source":{"configMap":{"namespace":"ns","name":"fw","key":"fw.o"}},
               "maps":[{"name":"m","entriesFrom":{"configMap":{"namespace":"ns","name":"list","key":"list"}}}]},
              {"name":"b","source":{"url":{"url":"https://x.example/b.o","sha256":"%s"}}}],
             "programs":[{"name":"p","object":"a"},{"name":"q","object":"b"}]}""".formatted(URL_DIGEST));
    private static final ResolvedSource B = new ResolvedSource("b", null, "sha256:" + URL_DIGEST, null);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String digest(String text) {
        return Sha256.of(bytes(text));
    }

    private static Resolution resolve(ChainSpec spec, Sources.ConfigMaps configMaps, List<ResolvedSource> known) {
        return Sources.resolve(spec, configMaps, s -> new Answer.Missing("no registry"), d -> false, known);
    }

    @Test
    void everySourceIsADigestAndWhatWasReadIsThereToCopy() {
        Resolution resolution = resolve(SPEC, s -> Optional.of(bytes(s.name())), List.of());

        assertThat(resolution).isInstanceOfSatisfying(Resolution.Resolved.class, r -> {
            assertThat(r.sources())
                    .containsExactly(
                            new ResolvedSource("a", null, digest("fw"), null),
                            new ResolvedSource("a", "m", digest("list"), null),
                            B);
            assertThat(r.bytes()).containsOnlyKeys(digest("fw"), digest("list"));
            assertThat(r.lost()).isEmpty();
        });
    }

    @Test
    void aSourceThatWasNeverThereIsWaitedFor() {
        assertThat(resolve(SPEC, s -> Optional.empty(), List.of()))
                .isInstanceOfSatisfying(
                        Resolution.Unavailable.class,
                        u -> assertThat(u.message())
                                .contains("ConfigMap ns/fw key fw.o that is labelled bpfchain.io/source: \"true\"")
                                .contains("ConfigMap ns/list"));
    }

    @Test
    void aSourceThatIsLostStaysWhatItWas() {
        List<ResolvedSource> known = List.of(
                new ResolvedSource("a", null, digest("v1"), null), new ResolvedSource("a", "m", digest("v2"), null));

        assertThat(resolve(SPEC, s -> Optional.empty(), known)).isInstanceOfSatisfying(Resolution.Resolved.class, r -> {
            assertThat(r.sources()).containsExactly(known.get(0), known.get(1), B);
            assertThat(r.bytes()).isEmpty();
            assertThat(r.lost()).hasSize(2);
        });
    }

    private static final ChainSpec OCI = CanonicalJson.read("""
            {"attachType":"cgroup_inet_egress","cgroup":{"kubepods":{}},
             "objects":[{"name":"a","source":{"oci":{"image":"r.example/fw:1"}}}],"programs":[{"name":"p"}]}""");
    private static final String MANIFEST = "sha256:" + "a".repeat(64);
    private static final ResolvedSource KNOWN = new ResolvedSource("a", null, digest("old"), MANIFEST);

    /** Answers what was asked for: the digest, or that it was a tag. */
    private static Answer echo(OciSource source) {
        String asked = Objects.requireNonNullElse(source.digest(), "tag");
        return new Answer.Found(MANIFEST, bytes(asked));
    }

    private static Resolution.Resolved oci(Predicate<String> kept, List<ResolvedSource> known) {
        return (Resolution.Resolved) Sources.resolve(OCI, s -> Optional.empty(), SourcesTest::echo, kept, known);
    }

    @Test
    void aTagIsLookedUpOnlyWhereItIsNotKnown() {
        assertThat(oci(d -> false, List.of()).sources())
                .containsExactly(new ResolvedSource("a", null, digest("tag"), MANIFEST));
        assertThat(oci(d -> true, List.of(KNOWN)).sources()).containsExactly(KNOWN);
        assertThat(oci(d -> true, List.of(KNOWN)).bytes()).isEmpty();
    }

    @Test
    void bytesThatWereLostAreFetchedByDigest() {
        assertThat(oci(d -> false, List.of(KNOWN)).bytes()).containsOnlyKeys(digest(MANIFEST));
    }

    @Test
    void anArtifactThatCannotBeHadIsLookedForAgainOrStaysWhatItWas() {
        Sources.Artifacts none = s -> new Answer.Missing("fetch " + s + ": 404");

        assertThat(Sources.resolve(OCI, s -> Optional.empty(), none, d -> false, List.of()))
                .isInstanceOfSatisfying(Resolution.Unavailable.class, u -> {
                    assertThat(u.unwatched()).isTrue();
                    assertThat(u.message()).startsWith("fetch r.example/fw:1: 404. The chain goes on");
                });
        assertThat(Sources.resolve(OCI, s -> Optional.empty(), none, d -> false, List.of(KNOWN)))
                .isInstanceOfSatisfying(Resolution.Resolved.class, r -> {
                    assertThat(r.sources()).containsExactly(KNOWN);
                    assertThat(r.lost()).hasSize(1);
                });
    }
}
