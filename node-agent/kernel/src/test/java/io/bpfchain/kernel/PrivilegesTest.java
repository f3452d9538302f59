package io.bpfchain.kernel;

import static io.bpfchain.kernel.Privileges.Capability.BPF;
import static io.bpfchain.kernel.Privileges.Capability.NET_ADMIN;
import static io.bpfchain.kernel.Privileges.Capability.SYS_ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.planner.Support;
import org.junit.jupiter.api.Test;

class PrivilegesTest {
    private static Privileges with(String capabilities, String seccomp, String lockdown) {
        return Privileges.parse("Name:\tx\nCapEff:\t" + capabilities + "\nSeccomp:\t" + seccomp + "\n", "2", lockdown);
    }

    @Test
    void readsEffectiveCapabilities() {
        Privileges privileges = with("0000008000001000", "0", "");

        assertThat(privileges.has(BPF)).isEqualTo(new Support.Supported());
        assertThat(privileges.has(NET_ADMIN)).isEqualTo(new Support.Supported());
        assertThat(privileges.has(SYS_ADMIN)).isEqualTo(new Support.Unsupported());
    }

    @Test
    void letsSysAdminStandForBpf() {
        assertThat(with("0000000000200000", "0", "").has(BPF)).isEqualTo(new Support.Supported());
    }

    @Test
    void doesNotGuessWhenTheFileCannotBeRead() {
        assertThat(Privileges.parse("", "", "").has(BPF)).isInstanceOf(Support.Unknown.class);
    }

    @Test
    void saysWhatMayBeBehindADenial() {
        assertThat(with("0000000000000000", "0", "").whyDenied())
                .isEqualTo("; CAP_BPF is missing and kernel.unprivileged_bpf_disabled is set");
        assertThat(with("000001ffffffffff", "2", "").whyDenied()).contains("seccomp filter");
        assertThat(with("000001ffffffffff", "0", "none integrity [confidentiality]")
                        .whyDenied())
                .isEqualTo("; the kernel is locked down (confidentiality)");
        assertThat(with("000001ffffffffff", "0", "[none] integrity").whyDenied())
                .isEmpty();
    }
}
