package io.bpfchain.agent.cluster;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The cgroup above all pods of a node, as the kubelet makes it (kubelet's {@code pkg/kubelet/cm/cgroup_manager_linux.go} and
 * {@code pod_container_manager_linux.go}).
 *
 * @param path below the cgroup root
 * @param name the part of the names of everything below that repeats the names above, for the systemd driver; {@code kubepods} or, below a
 *     cgroup root of the kubelet's own, {@code kubelet-kubepods}
 */
public record Kubepods(String path, Driver driver, String name) {
    private static final String SLICE = ".slice";
    private static final List<String> CLASSES = List.of("burstable", "besteffort");

    /** Who names cgroups. */
    public enum Driver {
        SYSTEMD,
        CGROUPFS
    }

    public Kubepods {
        Objects.requireNonNull(path);
        Objects.requireNonNull(driver);
        Objects.requireNonNull(name);
    }

    /** The tree with this directory; empty where the name is none that a kubelet would give. */
    static Optional<Kubepods> of(String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        if (last.equals("kubepods")) {
            return Optional.of(new Kubepods(path, Driver.CGROUPFS, last));
        }
        return last.equals("kubepods.slice") || last.endsWith("-kubepods.slice")
                ? Optional.of(new Kubepods(path, Driver.SYSTEMD, withoutSlice(last)))
                : Optional.empty();
    }

    /** Patterns that every pod's cgroup matches: guaranteed pods are directly below, the others below their class. */
    List<String> podPatterns() {
        return switch (driver) {
            case SYSTEMD ->
                List.of(
                        path + "/" + name + "-pod*" + SLICE,
                        systemdClass(CLASSES.getFirst()),
                        systemdClass(CLASSES.getLast()));
            case CGROUPFS ->
                List.of(
                        path + "/pod*",
                        path + "/" + CLASSES.getFirst() + "/pod*",
                        path + "/" + CLASSES.getLast() + "/pod*");
        };
    }

    private String systemdClass(String qos) {
        String slice = name + "-" + qos;
        return path + "/" + slice + SLICE + "/" + slice + "-pod*" + SLICE;
    }

    /** The uid of the pod that a cgroup matching {@link #podPatterns} is of. */
    String uidOf(String podCgroup) {
        String last = podCgroup.substring(podCgroup.lastIndexOf('/') + 1);
        return switch (driver) {
            case SYSTEMD -> {
                String slice = withoutSlice(last);
                yield slice.substring(slice.lastIndexOf("-pod") + "-pod".length())
                        .replace('_', '-');
            }
            case CGROUPFS -> last.substring("pod".length());
        };
    }

    private static String withoutSlice(String directory) {
        return directory.substring(0, directory.length() - SLICE.length());
    }
}
