package io.bpfchain.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.planner.PlanResult.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SelectionsTest {
    private static Optional<PlanResult.Refusal> refusal(String... paths) {
        List<Cgroup> cgroups =
                Arrays.stream(paths).map(p -> new Cgroup(p.hashCode(), p)).toList();
        return Selections.refusal("fw", AttachType.CGROUP_INET_EGRESS, cgroups);
    }

    @Test
    void refusesACgroupInsideAnotherAndNamesBoth() {
        assertThat(refusal("/a/b/c", "/a")).hasValueSatisfying(r -> {
            assertThat(r.reason()).isEqualTo(Reason.NestedSelection);
            assertThat(r.message())
                    .isEqualTo(
                            "chain fw selects both /a and /a/b/c, which is inside it: its programs would run twice for /a/b/c");
            assertThat(r.remedy()).contains("only /a");
        });
    }

    @Test
    void knowsThatTheRootContainsEverything() {
        assertThat(refusal("/", "/a")).isPresent();
    }

    @Test
    void acceptsSiblingsPrefixesAndTheSameCgroupTwice() {
        assertThat(refusal("/a/b", "/a/c", "/a/bc", "/ab", "/a/b")).isEmpty();
        assertThat(refusal("/")).isEmpty();
        assertThat(refusal()).isEmpty();
    }
}
