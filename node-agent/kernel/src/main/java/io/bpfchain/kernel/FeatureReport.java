package io.bpfchain.kernel;

import io.bpfchain.kernel.Privileges.Capability;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Support;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Everything that {@code doctor} tells of a kernel and the privileges of this process, each with a remedy. */
public final class FeatureReport {
    private FeatureReport() {}

    /**
     * Probes all.
     *
     * @param cgroupRoot the cgroup2 directory that hooks are below
     * @param bpffs what looking for one gave
     */
    public static List<Feature> make(Path cgroupRoot, BpffsSearch.Result bpffs) {
        List<Feature> features = new ArrayList<>();
        features.addAll(foundations(cgroupRoot, bpffs));
        features.addAll(privileges(Privileges.read()));
        features.addAll(kernel());
        for (AttachType type : AttachType.values()) {
            features.add(new Feature(
                    "attach type " + type,
                    KernelFeatures.probe(type),
                    "Programs for " + type + " can be loaded.",
                    "Use a kernel that has this attach type, and grant CAP_BPF and CAP_NET_ADMIN.",
                    false));
        }
        return List.copyOf(features);
    }

    private static List<Feature> foundations(Path cgroupRoot, BpffsSearch.Result bpffs) {
        return List.of(
                new Feature(
                        "bpf(2)",
                        KernelFeatures.probeSystemCall(),
                        "This process may use the bpf system call.",
                        "Run as root or with CAP_BPF; in a container, allow bpf(2) in the seccomp profile.",
                        true),
                new Feature(
                        "cgroup2",
                        CgroupKernel.isCgroup2(cgroupRoot) ? new Support.Supported() : new Support.Unsupported(),
                        "Programs attach to directories of the cgroup version 2 hierarchy at " + cgroupRoot + ".",
                        "Mount it: mount -t cgroup2 none " + cgroupRoot,
                        true),
                switch (bpffs) {
                    case BpffsSearch.Result.Found found ->
                        new Feature(
                                "bpffs",
                                new Support.Supported(),
                                "Programs and maps are pinned below " + found.bpffs() + " and so survive bpfchain.",
                                "Nothing needs to be done.",
                                true);
                    case BpffsSearch.Result.Missing missing ->
                        new Feature(
                                "bpffs",
                                new Support.Unknown(missing.message()),
                                missing.message(),
                                missing.remedy(),
                                true);
                });
    }

    private static List<Feature> privileges(Privileges own) {
        return List.of(
                privilege(own, Capability.BPF, "Programs and maps can be loaded.", true),
                privilege(own, Capability.NET_ADMIN, "Lists can be read, and most programs loaded and attached.", true),
                privilege(
                        own,
                        Capability.SYS_ADMIN,
                        "Foreign programs have names, links are told from programs, and lost pins are found again.",
                        false));
    }

    private static Feature privilege(Privileges own, Capability capability, String meaning, boolean required) {
        String remedy = "Run as root, or grant " + capability.linuxName() + ".";
        return new Feature(capability.linuxName(), own.has(capability), meaning, remedy, required);
    }

    private static List<Feature> kernel() {
        return List.of(
                new Feature(
                        "replace",
                        KernelFeatures.probeReplace(),
                        "A program is swapped in place, without a gap (BPF_F_REPLACE).",
                        "Use Linux 5.6 or newer.",
                        true),
                new Feature(
                        "bind map",
                        KernelFeatures.probeBindMap(),
                        "Programs carry their identity (BPF_PROG_BIND_MAP).",
                        "Use Linux 5.10 or newer.",
                        true),
                new Feature(
                        "positions",
                        KernelFeatures.probePositions(),
                        "Programs are inserted anywhere in a list (BPF_F_BEFORE, BPF_F_AFTER); without it only at the end.",
                        "Use Linux 6.17 or newer, or a kernel with the backport.",
                        false),
                new Feature(
                        "links",
                        KernelFeatures.probeLinks(),
                        "Other tools may hold programs by links, which bpfchain tells apart.",
                        "Nothing needs to be done: without links there is nothing to tell apart.",
                        false),
                new Feature(
                        "objects by id",
                        KernelFeatures.probeById(),
                        "Foreign programs have names, and programs whose pins are lost are found again.",
                        "Run as root, or grant CAP_SYS_ADMIN.",
                        false),
                new Feature(
                        "vmlinux BTF",
                        KernelFeatures.probeVmlinuxBtf(),
                        "Objects with CO-RE relocations can be loaded.",
                        "Use a kernel that is built with CONFIG_DEBUG_INFO_BTF.",
                        false),
                new Feature(
                        "memory by cgroup",
                        KernelFeatures.probeMemoryByCgroup(),
                        "Memory of maps counts against the memory cgroup; on older kernels against RLIMIT_MEMLOCK.",
                        "Raise the limit before large maps are loaded: ulimit -l unlimited, or LimitMEMLOCK=infinity in a unit.",
                        false));
    }
}
