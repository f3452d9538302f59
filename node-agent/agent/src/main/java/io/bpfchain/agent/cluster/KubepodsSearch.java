package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.cluster.Kubepods.Driver;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the cgroup above all pods of this node, whatever the kubelet's cgroup driver ({@code systemd}, {@code cgroupfs}), its
 * {@code --cgroup-root}, and whatever is around it: a node of kind is a container with a kubelet of its own below. A tree that another
 * driver left behind has no pods and is not taken for the one in use.
 */
final class KubepodsSearch {
    /** kind: /docker/ID/kubelet.slice/kubelet-kubepods.slice. */
    private static final int DEEPEST = 5;

    private final Path root;
    private final Optional<String> kubeletRoot;

    /**
     * Looks nowhere yet.
     *
     * @param root of all cgroup paths
     * @param kubeletRoot the kubelet's {@code --cgroup-root}; empty: it is looked for
     */
    KubepodsSearch(Path root, Optional<String> kubeletRoot) {
        this.root = root;
        this.kubeletRoot = kubeletRoot;
    }

    /** The tree, or why there is none or not one. */
    sealed interface Result {
        record Found(Kubepods kubepods) implements Result {}

        record NotFound(Problem problem) implements Result {}
    }

    /** Looks. */
    Result find() {
        List<Kubepods> trees = kubeletRoot.map(this::below).orElseGet(this::anywhere);
        if (trees.isEmpty()) {
            return new Result.NotFound(none());
        }
        List<Kubepods> used =
                trees.size() == 1 ? trees : trees.stream().filter(this::hasPods).toList();
        return used.size() == 1 ? new Result.Found(used.getFirst()) : new Result.NotFound(several(trees));
    }

    private List<Kubepods> below(String kubelet) {
        return Stream.of(cgroupfs(segments(kubelet)), systemd(segments(kubelet)))
                .filter(k -> Files.isDirectory(directory(k.path())))
                .toList();
    }

    private static Kubepods cgroupfs(List<String> segments) {
        String above = segments.stream().map(s -> "/" + s).collect(Collectors.joining());
        return new Kubepods(above + "/kubepods", Driver.CGROUPFS, "kubepods");
    }

    /** systemd expands a slice's name to the path of its parents; a dash in a name is written as an underscore. */
    private static Kubepods systemd(List<String> segments) {
        StringBuilder path = new StringBuilder();
        String name = "";
        List<String> all = new ArrayList<>(segments.stream()
                .map(s -> s.endsWith(".slice") ? s.substring(0, s.length() - ".slice".length()) : s)
                .map(s -> s.replace('-', '_'))
                .toList());
        all.add("kubepods");
        for (String segment : all) {
            name = name.isEmpty() ? segment : name + "-" + segment;
            path.append('/').append(name).append(".slice");
        }
        return new Kubepods(path.toString(), Driver.SYSTEMD, name);
    }

    /** The trees that are nearest to the root. */
    private List<Kubepods> anywhere() {
        List<String> level = List.of("");
        for (int depth = 0; depth < DEEPEST && !level.isEmpty(); depth++) {
            List<String> next = new ArrayList<>();
            level.forEach(path -> children(path).forEach(c -> next.add(path + "/" + c)));
            List<Kubepods> found =
                    next.stream().flatMap(p -> Kubepods.of(p).stream()).toList();
            if (!found.isEmpty()) {
                return found;
            }
            level = next;
        }
        return List.of();
    }

    private boolean hasPods(Kubepods tree) {
        return tree.podPatterns().stream().anyMatch(pattern -> {
            int slash = pattern.lastIndexOf('/');
            String prefix = pattern.substring(slash + 1, pattern.indexOf('*'));
            return children(pattern.substring(0, slash)).stream().anyMatch(c -> c.startsWith(prefix));
        });
    }

    /** Directories that cannot be listed are as good as empty here: a tree in them is told as not found, with its remedy. */
    private List<String> children(String path) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> children =
                Files.newDirectoryStream(directory(path), c -> Files.isDirectory(c, LinkOption.NOFOLLOW_LINKS))) {
            children.forEach(
                    c -> names.add(Objects.requireNonNull(c.getFileName()).toString()));
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return List.of();
        }
        names.sort(null);
        return names;
    }

    private Path directory(String path) {
        return root.resolve(path.isEmpty() ? "" : path.substring(1));
    }

    private Problem none() {
        String where = kubeletRoot
                .map(k -> cgroupfs(segments(k)).path() + " nor "
                        + systemd(segments(k)).path() + " is there")
                .orElse("no kubepods.slice and no kubepods within " + DEEPEST + " levels");
        return new Problem(
                Problem.Kind.REFUSED,
                "KubepodsNotFound",
                root.toString(),
                "find the cgroup of all pods below " + root + ": " + where,
                "Mount the whole cgroup2 hierarchy of the host, and name the kubelet's --cgroup-root by --kubelet-cgroup-root if it has"
                        + " one. The agent looks again.");
    }

    private static List<String> segments(String path) {
        return Arrays.stream(path.split("/")).filter(s -> !s.isEmpty()).toList();
    }

    private Problem several(List<Kubepods> trees) {
        return new Problem(
                Problem.Kind.REFUSED,
                "KubepodsAmbiguous",
                root.toString(),
                "find the cgroup of all pods below " + root + ": "
                        + trees.stream().map(Kubepods::path).collect(Collectors.joining(" and "))
                        + (trees.stream().anyMatch(this::hasPods) ? " have pods" : " are there, and none has pods"),
                "Name the kubelet's --cgroup-root by --kubelet-cgroup-root.");
    }
}
