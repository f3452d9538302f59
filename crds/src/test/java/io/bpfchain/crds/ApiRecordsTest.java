package io.bpfchain.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApiRecordsTest {
    /** A rule may be younger than an object: a list that holds one is read all the same, and the rules say what is wrong with it. */
    @Test
    void readsWhatTheRulesForbid() {
        ChainSpec spec = Serialization.unmarshal("""
                        attachType: cgroup_inet_egress
                        cgroup: {}
                        objects:
                        - name: main
                          source: {}
                          maps: [{name: flows, entriesFrom: {}}]
                        programs: [{name: count}]
                        """, ChainSpec.class);

        assertThat(spec.cgroup().summary()).isEqualTo("nothing");
        assertThat(spec.objects().getFirst().source()).isEqualTo(new SourceSpec(null, null, null, null));
    }

    @Test
    void takesAStatusThatItCannotReadForNone() {
        String node = """
                metadata: {name: n1}
                spec: {nodeUID: u, complete: true, newer: 1, assignments: [{chain: fw, revision: 1, digest: d, newer: 1}]}
                status:
                  nodeObjectUID: o
                  assignmentsDigest: d
                  agentVersion: 99
                  kernelRelease: 6.12.0
                  ofANewerVersion: {}
                  chains: [{chain: fw, revision: 1, digest: d, state: STATE}]
                """;

        assertThat(Serialization.unmarshal(node.replace("STATE", "Running"), CgroupProgramNode.class)
                        .getStatus())
                .satisfies(s -> assertThat(s.chains()).hasSize(1));
        CgroupProgramNode newer = Serialization.unmarshal(node.replace("STATE", "Prepared"), CgroupProgramNode.class);
        assertThat(newer.getStatus()).isNull();
        assertThat(newer.getSpec().assignments())
                .as("a spec is never taken for none")
                .containsExactly(new Assignment("fw", 1, "d", false, List.of()));
        assertThat(Serialization.unmarshal(node.replace("agentVersion: 99", ""), CgroupProgramNode.class)
                        .getStatus())
                .as("a required field is missing")
                .isNull();
    }

    @Test
    void tellsAssignmentsApartWhateverTheirWordsHold() {
        assertThat(digest("a b")).isNotEqualTo(digest("a", "b"));
        assertThat(digest("a")).isNotEqualTo(digest());
        assertThat(digest("a", "b")).isEqualTo(digest("a", "b"));
    }

    private static String digest(String... requires) {
        return new CgroupProgramNodeSpec(
                        "uid", true, List.of(new Assignment("fw", 1, "sha256:ab", false, List.of(requires))))
                .digest();
    }
}
