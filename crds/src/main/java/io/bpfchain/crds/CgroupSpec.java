package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Objects;

/** Which cgroups a chain runs on. */
@ValidationRule(
        value = "self.path == '/' || (self.path.matches('^(/[^/\\\\x00-\\\\x1f\\\\x7f]+)+$')"
                + " && !self.path.matches('/[.][.]?(/|$)'))",
        message = ChainRules.CGROUP_PATH,
        fieldPath = ".path")
@ValidationRule(
        value = "!self.path.contains('**') && !self.path.matches('[\\\\[\\\\]{}]')",
        message = ChainRules.CGROUP_WILDCARDS,
        fieldPath = ".path")
public record CgroupSpec(
        @Required
        @Size(min = 1, max = 4095)
        @PrinterColumn(name = "CGROUP")
        @JsonPropertyDescription(
                "A path below the cgroup2 root of the host; / is the root itself. * stands for any characters and ? for one, within a"
                        + " segment; a path with them selects every cgroup that matches, also later ones. A backslash is an"
                        + " ordinary character. A chain must not select both a cgroup and one above it: its programs would run twice.")
        String path) {
    public CgroupSpec {
        Objects.requireNonNull(path);
    }
}
