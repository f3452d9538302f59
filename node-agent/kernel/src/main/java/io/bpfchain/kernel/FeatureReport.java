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
        features.addAll(attaching());
        features.addAll(looking());
        for (AttachType type : AttachType.values()) {
            features.add(new Feature(
                    "attach type " + type,
                    KernelFeatures.probe(type),
                    "Programs for " + type + " can be loaded.",
                    "Programs for " + type + " cannot be loaded.",
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
                        "This process may not use the bpf system call, so nothing can be done.",
                        "Run as root or with CAP_BPF; in a container, allow bpf(2) in the seccomp profile.",
                        true),
                new Feature(
                        "cgroup2",
                        CgroupKernel.isCgroup2(cgroupRoot) ? new Support.Supported() : new Support.Unsupported(),
                        "Programs attach to directories of the cgroup version 2 hierarchy at " + cgroupRoot + ".",
                        "There is no cgroup version 2 hierarchy at " + cgroupRoot + " to attach programs to.",
                        "Mount it: mount -t cgroup2 none " + cgroupRoot,
                        true),
                bpffs(bpffs));
    }

    private static Feature bpffs(BpffsSearch.Result bpffs) {
        return switch (bpffs) {
            case BpffsSearch.Result.Found found ->
                new Feature(
                        "bpffs",
                        new Support.Supported(),
                        "Programs and maps are pinned below " + found.bpffs() + " and so survive bpfchain.",
                        "Programs and maps cannot be pinned.",
                        "Nothing needs to be done.",
                        true);
            case BpffsSearch.Result.Missing missing ->
                new Feature(
                        "bpffs",
                        new Support.Unknown(missing.message()),
                        missing.message(),
                        missing.message(),
                        missing.remedy(),
                        true);
        };
    }

    private static List<Feature> privileges(Privileges own) {
        return List.of(
                privilege(
                        own,
                        Capability.BPF,
                        "Programs and maps can be loaded.",
                        "Programs and maps cannot be loaded.",
                        true),
                privilege(
                        own,
                        Capability.NET_ADMIN,
                        "Lists can be read, and most programs loaded and attached.",
                        "Lists cannot be read, and most programs neither loaded nor attached.",
                        true),
                privilege(
                        own,
                        Capability.PERFMON,
                        "Programs may print, read kernel memory and handle pointers freely.",
                        "Programs that print, read kernel memory or handle pointers freely are refused by the verifier.",
                        false),
                privilege(
                        own,
                        Capability.SYS_ADMIN,
                        "Foreign programs have names, links are told from programs, and lost pins are found again.",
                        "Foreign programs are shown without names, links look like programs, and a program whose pin is lost cannot"
                                + " be replaced or detached.",
                        false));
    }

    private static Feature privilege(
            Privileges own, Capability capability, String meaning, String lost, boolean required) {
        String remedy = "Run as root, or grant " + capability.linuxName() + ".";
        return new Feature(capability.linuxName(), own.has(capability), meaning, lost, remedy, required);
    }

    /** What the kernel does to lists. */
    private static List<Feature> attaching() {
        return List.of(
                new Feature(
                        "replace",
                        KernelFeatures.probeReplace(),
                        "A program is swapped in place, without a gap (BPF_F_REPLACE).",
                        "Programs cannot be swapped in place (BPF_F_REPLACE), so no chain can be changed without a gap.",
                        "Use Linux 5.6 or newer.",
                        true),
                new Feature(
                        "bind map",
                        KernelFeatures.probeBindMap(),
                        "Programs carry their identity (BPF_PROG_BIND_MAP).",
                        "Programs cannot carry their identity (BPF_PROG_BIND_MAP), so ours cannot be told from others.",
                        "Use Linux 5.10 or newer.",
                        true),
                new Feature(
                        "positions",
                        KernelFeatures.probePositions(),
                        "Programs are inserted anywhere in a list (BPF_F_BEFORE, BPF_F_AFTER).",
                        "New programs can only be put at the end of a list; a chain that needs another place is refused, unless its"
                                + " update.onUnsafe allows a moment of overlap or gap.",
                        "Use Linux 6.17 or newer, or a kernel with the backport.",
                        false));
    }

    /** What the kernel tells of programs, and how it takes objects. */
    private static List<Feature> looking() {
        return List.of(
                new Feature(
                        "links",
                        KernelFeatures.probeLinks(),
                        "Other tools may hold programs by links, which bpfchain tells apart.",
                        "This kernel has no links for cgroup programs; every entry of a list is a plain program.",
                        "Nothing needs to be done.",
                        false),
                new Feature(
                        "objects by id",
                        KernelFeatures.probeById(),
                        "Foreign programs have names, and programs whose pins are lost are found again.",
                        "Foreign programs are shown without names, and programs whose pins are lost are not found again.",
                        "Run as root, or grant CAP_SYS_ADMIN.",
                        false),
                new Feature(
                        "vmlinux BTF",
                        KernelFeatures.probeVmlinuxBtf(),
                        "Objects with CO-RE relocations can be loaded.",
                        "Objects with CO-RE relocations cannot be loaded.",
                        "Use a kernel that is built with CONFIG_DEBUG_INFO_BTF.",
                        false),
                new Feature(
                        "memory by cgroup",
                        KernelFeatures.probeMemoryByCgroup(),
                        "Memory of maps counts against the memory cgroup.",
                        "Memory of maps counts against RLIMIT_MEMLOCK, and a large map may be refused for lack of memory.",
                        "Raise the limit before large maps are loaded: ulimit -l unlimited, or LimitMEMLOCK=infinity in a unit.",
                        false));
    }
}
