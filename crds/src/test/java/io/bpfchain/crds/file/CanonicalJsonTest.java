package io.bpfchain.crds.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bpfchain.crds.ChainSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CanonicalJsonTest {
    private static final String CHAIN = """
            apiVersion: bpfchain.io/v1alpha1
            kind: CgroupProgramChain
            metadata: {name: web}
            spec:
              programs: [{name: p}]
              objects: [{source: {file: {path: o.o}}, name: o, globals: GLOBALS}]
              cgroup: {path: /a}
              attachType: cgroup_device
            """;

    @Test
    void writesDefaultsAndSortsFields() {
        assertThat(CanonicalJson.write(spec("{b: 1, a: {d: 1, c: 2}}")))
                .isEqualTo(
                        "{\"attachType\":\"cgroup_device\",\"cgroup\":{\"path\":\"/a\"},\"objects\":[{\"globals\":"
                                + "{\"a\":{\"c\":2,\"d\":1},\"b\":1},\"maps\":[],\"name\":\"o\",\"source\":{\"file\":{\"path\":\"o.o\"}}}],"
                                + "\"priority\":100,\"programs\":[{\"name\":\"p\",\"object\":\"o\"}],\"update\":{\"onUnsafe\":\"Refuse\"}}");
    }

    @Test
    void doesNotDependOnHowAValueIsWritten() {
        assertThat(CanonicalJson.write(spec("{a: 0x10, b: 1e2, c: \"t\", d: 0.50}")))
                .isEqualTo(CanonicalJson.write(spec("{d: 5e-1, c: 't', b: 100, a: 16}")));
    }

    @Test
    void tellsTextFromNumbers() {
        assertThat(CanonicalJson.write(spec("{a: 1}"))).isNotEqualTo(CanonicalJson.write(spec("{a: \"1\"}")));
    }

    @Test
    void keepsEveryCharacterAndNumber() {
        ChainSpec spec = spec(
                "{a: \"\\\"\\\\\\t\\u2028\\u007f\\U0001F600 \\0\", b: 1.0E-5, c: -9223372036854775808, d: 1e300, e: []}");
        assertThat(CanonicalJson.read(CanonicalJson.write(spec))).isEqualTo(spec);
    }

    @Test
    void refusesWhatIsNoSpec() {
        assertThatThrownBy(() -> CanonicalJson.read("{\"attachType\":")).hasMessageStartingWith("not a chain spec: ");
        assertThatThrownBy(() -> CanonicalJson.read("{}"))
                .hasMessage("not a chain spec: spec.attachType: Required value");
        assertThatThrownBy(() -> CanonicalJson.read("")).hasMessageStartingWith("not a chain spec: ");
    }

    private static ChainSpec spec(String globals) {
        ReadOutcome outcome = new ChainFiles().parse("f", CHAIN.replace("GLOBALS", globals), Path.of("/"));
        assertThat(outcome).isInstanceOf(ReadOutcome.Read.class);
        return ((ReadOutcome.Read) outcome).documents().getFirst().spec();
    }
}
