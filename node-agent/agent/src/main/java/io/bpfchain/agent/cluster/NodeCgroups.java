package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.planner.Cgroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cgroups of a node of a cluster: besides paths, that of all pods and those of selected pods. While it is not known which pods there
 * are, a selection of pods is refused, so that nothing is detached from pods that are only not known yet.
 */
public final class NodeCgroups implements Cgroups {
    /** Why a selection of pods is refused while the API server has not said which there are. */
    static final String PODS_UNKNOWN = "PodsUnknown";

    private final MountedCgroups mounted;
    private final KubepodsSearch search;
    private final Pods pods;
    private @Nullable Kubepods last;

    /**
     * Below a cgroup root.
     *
     * @param kubeletRoot the kubelet's {@code --cgroup-root}; empty: it is looked for
     */
    public NodeCgroups(MountedCgroups mounted, Optional<String> kubeletRoot, Pods pods) {
        this.mounted = mounted;
        this.search = new KubepodsSearch(mounted.root(), kubeletRoot);
        this.pods = pods;
    }

    /** Those of paths. */
    public MountedCgroups mounted() {
        return mounted;
    }

    @Override
    public Path root() {
        return mounted.root();
    }

    @Override
    public Resolution resolve(String pathOrGlob) {
        return mounted.resolve(pathOrGlob);
    }

    @Override
    public Resolution resolve(CgroupSpec selection) {
        if (selection.path() != null) {
            return mounted.resolve(selection.path());
        }
        return switch (kubepods()) {
            case KubepodsSearch.Result.NotFound(Problem problem) -> new Resolution.Refused(problem);
            case KubepodsSearch.Result.Found(Kubepods tree) ->
                selection.pods() != null ? selected(tree, selection.pods()) : mounted.resolve(tree.path());
        };
    }

    /** Paths and patterns that new cgroups of a selection match. */
    Set<String> patterns(CgroupSpec selection) {
        if (selection.path() != null) {
            return Set.of(selection.path());
        }
        return switch (kubepods()) {
            case KubepodsSearch.Result.NotFound _ -> Set.of();
            case KubepodsSearch.Result.Found(Kubepods tree) ->
                selection.pods() != null ? Set.copyOf(tree.podPatterns()) : Set.of(tree.path());
        };
    }

    /** Uids of the pods that have a cgroup now; empty where that cannot be found out. */
    Optional<Set<String>> uids() {
        if (!(kubepods() instanceof KubepodsSearch.Result.Found(Kubepods tree))) {
            return Optional.empty();
        }
        Set<String> uids = new HashSet<>();
        for (String pattern : tree.podPatterns()) {
            switch (mounted.resolve(pattern)) {
                case Resolution.Refused _ -> {
                    return Optional.empty();
                }
                case Resolution.Found found -> found.cgroups().forEach(c -> uids.add(tree.uidOf(c.path())));
            }
        }
        return Optional.of(uids);
    }

    private Resolution selected(Kubepods tree, CgroupSpec.Pods selection) {
        if (!pods.canTell(selection)) {
            return new Resolution.Refused(new Problem(
                    Problem.Kind.FAILED,
                    PODS_UNKNOWN,
                    "cgroup.pods",
                    "select pods: the API server has not said yet which pods and namespaces there are",
                    "What is attached stays as it is; the agent goes on when the API server answers. A chain on kubepods does not"
                            + " need it."));
        }
        List<Cgroup> selected = new ArrayList<>();
        for (String pattern : tree.podPatterns()) {
            switch (mounted.resolve(pattern)) {
                case Resolution.Refused refused -> {
                    return refused;
                }
                case Resolution.Found found ->
                    found.cgroups().stream()
                            .filter(c -> pods.isSelected(selection, tree.uidOf(c.path())))
                            .forEach(selected::add);
            }
        }
        selected.sort(Comparator.comparing(Cgroup::path));
        return new Resolution.Found(selected, List.of());
    }

    private synchronized KubepodsSearch.Result kubepods() {
        Kubepods known = last;
        if (known != null && Files.isDirectory(root().resolve(known.path().substring(1)))) {
            return new KubepodsSearch.Result.Found(known);
        }
        KubepodsSearch.Result result = search.find();
        last = result instanceof KubepodsSearch.Result.Found(Kubepods tree) ? tree : null;
        return result;
    }
}
