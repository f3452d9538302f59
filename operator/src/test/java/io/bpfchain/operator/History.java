package io.bpfchain.operator;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Every state of every node's object, in the order of the API server, which one watch delivers. */
final class History implements AutoCloseable {
    private final List<CgroupProgramNode> states = new ArrayList<>();
    private final Set<String> deleted = new HashSet<>();
    private final AtomicReference<@Nullable WatcherException> ended = new AtomicReference<>();
    private final Watch watch;

    History(KubernetesClient client) {
        watch = client.resources(CgroupProgramNode.class).watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, CgroupProgramNode object) {
                synchronized (states) {
                    if (action == Action.DELETED) {
                        deleted.add(object.getMetadata().getName());
                    } else {
                        states.add(object);
                    }
                }
            }

            @Override
            public void onClose(WatcherException cause) {
                ended.set(cause);
            }
        });
    }

    List<CgroupProgramNode> states() {
        Optional.ofNullable(ended.get()).ifPresent(cause -> {
            throw new IllegalStateException("the watch that a test relies on has ended", cause);
        });
        synchronized (states) {
            return List.copyOf(states);
        }
    }

    Set<String> deleted() {
        synchronized (states) {
            return Set.copyOf(deleted);
        }
    }

    /**
     * The most nodes that were in change to a revision at one moment: assigned it, and not reported done. What else the object says may
     * have changed since the report: the node runs the revision all the same.
     */
    int mostInChange(String chain, long revision) {
        Map<String, Boolean> inChange = new HashMap<>();
        int most = 0;
        for (CgroupProgramNode state : states()) {
            inChange.put(state.getMetadata().getName(), isInChange(state, chain, revision));
            most = Math.max(
                    most, (int) inChange.values().stream().filter(c -> c).count());
        }
        return most;
    }

    private static boolean isInChange(CgroupProgramNode state, String chain, long revision) {
        Optional<Assignment> assigned = assigned(state, chain).filter(a -> a.revision() == revision);
        boolean done = state.getStatus() != null
                && state.getStatus().nodeObjectUID().equals(state.getMetadata().getUid())
                && state.getStatus().chains().stream()
                        .anyMatch(
                                r -> r.chain().equals(chain) && r.revision() == revision && r.state() != State.Failed);
        return assigned.isPresent() && !done;
    }

    /** The states in which an object did not assign a chain that it had assigned before. */
    List<CgroupProgramNode> withoutAfterWith(String chain) {
        Set<String> had = new HashSet<>();
        List<CgroupProgramNode> without = new ArrayList<>();
        for (CgroupProgramNode state : states()) {
            if (assigned(state, chain).isPresent()) {
                had.add(state.getMetadata().getName());
            } else if (had.contains(state.getMetadata().getName())) {
                without.add(state);
            }
        }
        return without;
    }

    static Optional<Assignment> assigned(CgroupProgramNode state, String chain) {
        return state.getSpec().assignments().stream()
                .filter(a -> a.chain().equals(chain))
                .findFirst();
    }

    @Override
    public void close() {
        watch.close();
    }
}
