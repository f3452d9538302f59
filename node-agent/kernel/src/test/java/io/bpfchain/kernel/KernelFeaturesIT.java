package io.bpfchain.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.testing.OpenDescriptors;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Support;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class KernelFeaturesIT {
    @Test
    void tellsSupportedUnsupportedAndUnknownApart() {
        assertThat(KernelFeatures.byBadDescriptor("X", -Errno.EBADF)).isEqualTo(new Support.Supported());
        assertThat(KernelFeatures.byBadDescriptor("X", -Errno.EINVAL)).isEqualTo(new Support.Unsupported());
        assertThat(KernelFeatures.byBadDescriptor("X", -Errno.EPERM))
                .isEqualTo(new Support.Unknown("X: EPERM instead of EBADF or EINVAL"));
    }

    @Test
    void findsReplaceOnEveryKernelThatItRunsOn() {
        assertThat(KernelFeatures.probeReplace()).isEqualTo(new Support.Supported());
        assertThat(KernelFeatures.probeBindMap()).isEqualTo(new Support.Supported());
        assertThat(KernelFeatures.probeLinks()).isEqualTo(new Support.Supported());
        assertThat(KernelFeatures.probe(AttachType.CGROUP_INET_EGRESS)).isEqualTo(new Support.Supported());
    }

    @Test
    void findsNoAttachTypeThatDoesNotExist() {
        assertThat(KernelFeatures.byBadDescriptor(
                        "BPF_PROG_ATTACH", Native.progAttach(-1, 0x7fff, -1, Lists.ALLOW_MULTI, 0, 0, 0)))
                .isEqualTo(new Support.Unsupported());
    }

    @Test
    void reportsEverythingWithARemedyAndLeavesNothingOpen() {
        List<String> before = OpenDescriptors.ofBpf();
        try (TestBpffs bpffs = TestBpffs.mount()) {
            List<Feature> features =
                    FeatureReport.make(TestCgroup.mount(), BpffsSearch.find(Optional.of(bpffs.directory())));

            assertThat(features).hasSizeGreaterThan(AttachType.values().length + 10);
            assertThat(features).allSatisfy(feature -> {
                assertThat(feature.meaning()).endsWith(".");
                assertThat(feature.remedy()).isNotBlank();
            });
            assertThat(features)
                    .filteredOn(Feature::required)
                    .allSatisfy(feature -> assertThat(feature.support().usable())
                            .as(feature.toString())
                            .isTrue());
        }
        assertThat(OpenDescriptors.ofBpf()).isEqualTo(before);
    }

    @Test
    void reportsWhatIsMissing() {
        BpffsSearch.Result none = BpffsSearch.find(Optional.of(Path.of("/tmp")));

        assertThat(FeatureReport.make(Path.of("/tmp"), none))
                .filteredOn(feature -> !feature.support().usable() && feature.required())
                .extracting(Feature::name)
                .containsExactly("cgroup2", "bpffs");
    }
}
