package io.bpfchain.kernel.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.Privileges;
import io.bpfchain.planner.AttachType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What other kernels and other privileges than the test machine's answer. */
class LoadRefusalsTest {
    private static final int EPERM = 1;
    private static final int EINVAL = 22;

    private static ObjectRefusal explain(HelperReport report, Privileges privileges) {
        MapDefinition flows =
                new MapDefinition("flows", 1, 12, 8, 1_000_000, 0, 0, 1, 2, false, false, new byte[0], false);
        FunctionInfo function =
                new FunctionInfo("f", "cgroup_skb/egress", OptionalInt.of(8), OptionalInt.of(1), 2, List.of("flows"));
        LoadRequest request = new LoadRequest(
                Path.of("/objects/f.o"),
                Path.of("/bpffs/one"),
                Path.of("/logs"),
                List.of(Objects.load("f", AttachType.CGROUP_UNIX_CONNECT)),
                List.of(Objects.fresh("flows")));
        ObjectInfo object = new ObjectInfo(List.of(function), List.of(flows), new byte[0], "GPL", List.of());
        return new LoadRefusals(request, report, Optional.of(object), () -> privileges).explain();
    }

    private static HelperReport report(int error, String messages, int smallMapError, int unknownType) {
        return new HelperReport(
                HelperFailure.CANNOT_LOAD, error, 0, "", messages, smallMapError, 8 << 20, 2, unknownType, "", false);
    }

    private static Privileges privileges(long capabilities, boolean seccomp) {
        return new Privileges(OptionalLong.of(capabilities), seccomp, true, "");
    }

    @Test
    void damagedSizesThatAskForTooMuchMemoryAreTheObjectsFault() {
        HelperReport report = new HelperReport(HelperFailure.OUT_OF_MEMORY, 12, 0, "", "", 0, 0, 0, 0, "", false);
        assertThat(OpenRefusals.explainInspection(report, Path.of("/objects/f.o")))
                .hasValueSatisfying(refusal -> {
                    assertThat(refusal.reason()).isEqualTo(ObjectRefusal.Reason.OutOfMemory);
                    assertThat(refusal.message())
                            .isEqualTo(
                                    "open /objects/f.o: it asks for more than the 1 GiB that opening an object may take");
                });
    }

    @Test
    void aLockedMemoryLimitIsNamedWithTheEstimateOfEachMap() {
        ObjectRefusal refusal = explain(
                report(EPERM, "libbpf: map 'flows': failed to create: Operation not permitted(-1)\n", 0, 0),
                privileges(-1, false));
        assertThat(refusal.reason()).isEqualTo(ObjectRefusal.Reason.OutOfMemory);
        assertThat(refusal.message()).isEqualTo("""
                        load /objects/f.o: create map flows: EPERM: not enough memory for its maps (RLIMIT_MEMLOCK is 8,388,608 bytes)
                          map flows: about 88,777,216 bytes""");
    }

    @Test
    void missingCapabilitiesAreNamed() {
        ObjectRefusal refusal = explain(report(EPERM, "", EPERM, 0), privileges(0, false));
        assertThat(refusal.reason()).isEqualTo(ObjectRefusal.Reason.NotPermitted);
        assertThat(refusal.message())
                .isEqualTo(
                        "load /objects/f.o: EPERM; CAP_BPF is missing and kernel.unprivileged_bpf_disabled is set; CAP_NET_ADMIN is missing");
    }

    /** Maps need CAP_BPF alone, so a small one can be made: what a program lacks then is CAP_NET_ADMIN. */
    @Test
    void aMissingNetAdminIsNamedWhereOnlyTheProgramIsRefused() {
        ObjectRefusal refusal = explain(
                report(EPERM, "libbpf: prog 'f': BPF program load failed: Operation not permitted\n", 0, 0),
                privileges(1L << 39, false));
        assertThat(refusal.reason()).isEqualTo(ObjectRefusal.Reason.NotPermitted);
        assertThat(refusal.message()).isEqualTo("load /objects/f.o: EPERM; CAP_NET_ADMIN is missing");
    }

    @Test
    void aSeccompFilterIsNamedWhenTheCapabilitiesAreThere() {
        assertThat(explain(report(EPERM, "", EPERM, 0), privileges(-1, true)).message())
                .isEqualTo("load /objects/f.o: EPERM; a seccomp filter is in force and may deny bpf(2)");
        assertThat(explain(report(EPERM, "", EPERM, 0), privileges(-1, false)).message())
                .isEqualTo("load /objects/f.o: EPERM; a security module or the user namespace may deny bpf(2)");
    }

    @Test
    void anAttachTypeThatTheKernelDoesNotKnowIsNamed() {
        ObjectRefusal refusal = explain(report(EINVAL, "", 0, 1), privileges(-1, false));
        assertThat(refusal.reason()).isEqualTo(ObjectRefusal.Reason.ProgramTypeUnsupported);
        assertThat(refusal.message())
                .isEqualTo(
                        "load /objects/f.o: this kernel does not know programs for cgroup_unix_connect (function f)");
    }
}
