package io.bpfchain.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.revision.RevisionContent;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContentDiffTest {
    private static final String TWO = "programs: [{name: a, function: a}, {name: b, function: b}]\n";

    private static List<String> between(RevisionContent old, RevisionContent now) {
        return ContentDiff.between(old, now).stream()
                .map(c -> (c.path() + " " + c.old().map(Object::toString).orElse("-") + " "
                                + c.now().map(Object::toString).orElse("-"))
                        .replace("\"", ""))
                .toList();
    }

    private static RevisionContent oci(String rest, String digest) {
        return Contents.content(Contents.spec(Contents.OCI, rest), digest, true);
    }

    @Test
    void equalContentsHaveNoDifference() {
        assertThat(between(oci(TWO, Contents.A), oci(TWO, Contents.A))).isEmpty();
    }

    @Test
    void otherBytesUnderTheSameTagAreADifference() {
        assertThat(between(oci(TWO, Contents.A), oci(TWO, Contents.B)))
                .containsExactly("objects[main].bytes " + Contents.A + " " + Contents.B);
    }

    @Test
    void bytesThatOneSideDoesNotKnowAreNotCompared() {
        ChainSpec spec = Contents.spec(Contents.OCI, TWO);
        assertThat(between(oci(TWO, Contents.A), new RevisionContent("c", spec, List.of())))
                .isEmpty();
    }

    @Test
    void programsAreComparedByNameAndTheirOrderIsAFieldOfItsOwn() {
        assertThat(between(
                        oci(TWO, Contents.A),
                        oci("programs: [{name: b, function: b}, {name: a, function: x}]\n", Contents.A)))
                .containsExactly("programs[a].function a x", "programs order [a,b] [b,a]");
        assertThat(between(oci(TWO, Contents.A), oci("programs: [{name: b, function: b}]\n", Contents.A)))
                .containsExactly("programs[a] {name:a,object:main,function:a} -");
    }

    @Test
    void globalsAndEntriesAreComparedOneByOne() {
        String globals = "  globals: {port: %s, %s}\n  maps: [{name: m, entries: [{key: 1, value: %s}]}]\n" + TWO;
        assertThat(between(
                        oci(globals.formatted("80", "old: 1", "5"), Contents.A),
                        oci(globals.formatted("443", "new: 1", "6"), Contents.A)))
                .containsExactly(
                        "objects[main].globals.new - 1",
                        "objects[main].globals.port 80 443",
                        "objects[main].globals.old 1 -",
                        "objects[main].maps[m].entries[1].value 5 6");
    }
}
