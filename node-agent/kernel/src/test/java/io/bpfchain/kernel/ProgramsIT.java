package io.bpfchain.kernel;

import static io.bpfchain.planner.AttachType.CGROUP_INET_EGRESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bpfchain.kernel.testing.OpenDescriptors;
import io.bpfchain.kernel.testing.TestPrograms;
import io.bpfchain.planner.EntryId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class ProgramsIT {
    private final List<String> descriptorsBefore = OpenDescriptors.ofBpf();

    @AfterEach
    void leavesNoDescriptorBehind() {
        assertThat(OpenDescriptors.ofBpf()).isEqualTo(descriptorsBefore);
    }

    @Test
    void describesAProgramWithItsIdentity() throws BpfException {
        Identity identity = TestPrograms.identity(CGROUP_INET_EGRESS, "chain", "p", "1", "i-1");
        try (Fd program = TestPrograms.load(CGROUP_INET_EGRESS, "described")) {
            try (MapHandle map = IdentityMap.bind(program, identity)) {
                assertThat(Programs.info(program).mapIds())
                        .containsExactly(map.info().id());
                assertThatThrownBy(() -> map.update(new byte[4], new byte[Identity.SIZE], 0))
                        .as("frozen")
                        .hasMessageContaining("EPERM");
            }
            ProgramInfo info = Programs.info(program);

            assertThat(info.name()).isEqualTo("described");
            assertThat(info.type()).isEqualTo(CGROUP_INET_EGRESS.programType().code());
            assertThat(info.translatedBytes()).isEqualTo(TestPrograms.allow().length);
            assertThat(info.tag()).hasSize(16);
            assertThat(info.loadedAtNanos()).isPositive();
            assertThat(IdentityMap.of(info)).hasValue(new Identity.Decoded.Ours(identity));
        }
    }

    @Test
    void findsProgramsById() throws BpfException {
        try (Fd program = TestPrograms.load(CGROUP_INET_EGRESS, "found")) {
            EntryId id = TestPrograms.id(program);

            assertThat(Programs.nextId(id.programId() - 1)).hasValue(id.programId());
            try (Fd same = Programs.byId(id)) {
                assertThat(TestPrograms.id(same)).isEqualTo(id);
            }
        }
        assertThatThrownBy(() -> Programs.byId(new EntryId(Integer.MAX_VALUE)))
                .isInstanceOf(BpfException.class)
                .hasMessage("BPF_PROG_GET_FD_BY_ID program 2147483647: ENOENT");
    }

    @Test
    void saysWhyAProgramIsNotLoaded() {
        int code = CGROUP_INET_EGRESS.programType().code();
        assertThatThrownBy(() -> Programs.load(code, CGROUP_INET_EGRESS.code(), new byte[8], "bad"))
                .isInstanceOfSatisfying(BpfException.class, e -> {
                    assertThat(e.call()).isEqualTo("BPF_PROG_LOAD");
                    assertThat(e.what()).isEqualTo("bad");
                    assertThat(e.errno()).isEqualTo(Errno.EINVAL);
                });
    }

    @Test
    void switchesStatisticsOnOnlyAsLongAsAsked() throws BpfException {
        try (Fd statistics = Programs.enableStatistics()) {
            assertThat(statistics.isOpen()).isTrue();
        }
    }

    @Test
    void closesADescriptorOnce() throws BpfException {
        Fd program = TestPrograms.load(CGROUP_INET_EGRESS, "closed");
        program.close();
        try (Fd other = TestPrograms.load(CGROUP_INET_EGRESS, "other")) {
            program.close();
            assertThat(Programs.info(other).name()).isEqualTo("other");
        }
        assertThatThrownBy(program::number)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed is closed");
    }
}
