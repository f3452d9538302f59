package io.bpfchain.crds.revision;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.file.CanonicalJson;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AbilityTest {
    private static ChainSpec spec(String cgroup, String map, String update) {
        return CanonicalJson.read("""
                {"attachType":"cgroup_inet_egress","cgroup":{%s},"programs":[{"name":"p"}],"update":{%s},
                 "objects":[{"name":"o","source":{"url":{"url":"https://a/b","sha256":"%064x"}},"maps":[%s]}]}""".formatted(cgroup, update, 1, map));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Kubepods|\"kubepods\":{}|``|``",
                "Pods|\"pods\":{}|``|``",
                "Entries|\"path\":\"/\"|{\"name\":\"m\",\"entries\":[]}|``",
                "Entries|\"path\":\"/\"|{\"name\":\"m\",\"entriesFrom\":{\"oci\":{\"image\":\"r.example/a:1\"}}}|``",
                "SharedMaps|\"path\":\"/\"|{\"name\":\"m\",\"sharedAs\":\"flows\"}|``",
                "PinnedMaps|\"path\":\"/\"|{\"name\":\"m\",\"pin\":true}|``",
                "Overlap|\"path\":\"/\"|``|\"onUnsafe\":\"AllowOverlap\"",
                "Gap|\"path\":\"/\"|``|\"onUnsafe\":\"AllowGap\""
            })
    void isRequiredWhereItIsUsed(String word, String cgroup, String map, String update) {
        assertThat(Ability.requiredBy(spec(cgroup, map, update))).containsExactly(word);
        assertThat(Ability.all()).contains(word);
    }

    @Test
    void isNotRequiredWhereItIsNotUsed() {
        assertThat(Ability.requiredBy(spec("\"path\":\"/\"", "{\"name\":\"m\"}", "")))
                .isEmpty();
    }

    @Test
    void leavesAnAssignmentThatUsesAllAtOnceSmall() {
        ChainSpec all = spec(
                "\"kubepods\":{}",
                "{\"name\":\"a\",\"entries\":[],\"onEntriesChange\":\"WithProgram\"},{\"name\":\"b\",\"sharedAs\":\"s\",\"pin\":true}",
                "\"onUnsafe\":\"AllowOverlap\"");
        Assignment assignment =
                new Assignment("c".repeat(52), 123_456, "sha256:" + "a".repeat(64), true, Ability.requiredBy(all));

        assertThat(assignment.requires())
                .isEqualTo(List.of("Kubepods", "Entries", "WithProgram", "SharedMaps", "PinnedMaps", "Overlap"));
        assertThat(Serialization.asJson(assignment).getBytes(StandardCharsets.UTF_8).length)
                .isLessThan(300);
    }
}
