package io.bpfchain.kernel.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.planner.AttachType;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AttachTypeCheckTest {
    private static FunctionInfo function(String section, OptionalInt type, OptionalInt attachType) {
        return new FunctionInfo("f", section, type, attachType, 2, List.of());
    }

    private static String refusal(FunctionInfo function, AttachType type) {
        AttachTypeCheck.Result result = AttachTypeCheck.check(function, type);
        assertThat(result).isInstanceOf(AttachTypeCheck.Result.Refused.class);
        ObjectRefusal refusal = ((AttachTypeCheck.Result.Refused) result).refusal();
        assertThat(refusal.reason()).isEqualTo(ObjectRefusal.Reason.WrongAttachType);
        return refusal.message();
    }

    @Test
    void acceptsASectionThatSaysTheSameAsTheChain() {
        FunctionInfo egress = function("cgroup_skb/egress", OptionalInt.of(8), OptionalInt.of(1));
        assertThat(AttachTypeCheck.check(egress, AttachType.CGROUP_INET_EGRESS))
                .isEqualTo(new AttachTypeCheck.Result.Matches());
    }

    @Test
    void forcesTheChainsTypeWhereTheSectionSaysNothing() {
        assertThat(AttachTypeCheck.check(
                        function("cgroup/skb", OptionalInt.of(8), OptionalInt.empty()), AttachType.CGROUP_INET_EGRESS))
                .isEqualTo(new AttachTypeCheck.Result.Forced(
                        "Section cgroup/skb of function f names no attach type; it is loaded for cgroup_inet_egress."));
        assertThat(AttachTypeCheck.check(
                        function("mine", OptionalInt.empty(), OptionalInt.empty()), AttachType.CGROUP_DEVICE))
                .isEqualTo(
                        new AttachTypeCheck.Result.Forced(
                                "Section mine of function f names no program type; it is loaded as cgroup_device for cgroup_device."));
    }

    @Test
    void refusesAnotherAttachType() {
        assertThat(refusal(
                        function("cgroup_skb/ingress", OptionalInt.of(8), OptionalInt.of(0)),
                        AttachType.CGROUP_INET_EGRESS))
                .isEqualTo(
                        "function f is in section cgroup_skb/ingress, which is for cgroup_inet_ingress; the chain attaches to cgroup_inet_egress");
    }

    @Test
    void refusesAnotherProgramType() {
        assertThat(refusal(
                        function("cgroup/connect4", OptionalInt.of(18), OptionalInt.of(10)),
                        AttachType.CGROUP_INET_EGRESS))
                .isEqualTo(
                        "function f is in section cgroup/connect4, a program of type cgroup_sock_addr; attach type cgroup_inet_egress takes programs of type cgroup_skb");
    }

    @Test
    void refusesWhatNoCgroupTakesByName() {
        assertThat(refusal(function("struct_ops/x", OptionalInt.of(27), OptionalInt.empty()), AttachType.CGROUP_DEVICE))
                .isEqualTo(
                        "Function f (section struct_ops/x) is of type struct_ops, which cannot be attached to a cgroup.");
        assertThat(refusal(function("freplace/x", OptionalInt.of(28), OptionalInt.empty()), AttachType.CGROUP_DEVICE))
                .isEqualTo("Function f (section freplace/x) is of type ext, which cannot be attached to a cgroup.");
        assertThat(refusal(function("fentry/x", OptionalInt.of(26), OptionalInt.of(24)), AttachType.CGROUP_DEVICE))
                .isEqualTo("Function f (section fentry/x) is of type tracing, which cannot be attached to a cgroup.");
        assertThat(refusal(function("lsm_cgroup/x", OptionalInt.of(29), OptionalInt.of(43)), AttachType.CGROUP_DEVICE))
                .startsWith("Function f (section lsm_cgroup/x) is of type lsm_cgroup, which is not supported");
        assertThat(refusal(function("x", OptionalInt.of(99), OptionalInt.empty()), AttachType.CGROUP_DEVICE))
                .isEqualTo("Function f (section x) is of type number 99, which cannot be attached to a cgroup.");
    }
}
