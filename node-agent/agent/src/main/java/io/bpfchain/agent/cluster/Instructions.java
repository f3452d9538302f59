package io.bpfchain.agent.cluster;

import io.bpfchain.agent.cluster.ClusterApi.Identity;
import io.bpfchain.agent.cluster.ClusterApi.NodeObject;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the node's object tells the agent to do. Pure. Only an object that is there and is for this very Node takes anything out: what this
 * very object listed before and, being complete, no longer lists, or everything where it says that the node is to be drained. What it never
 * listed stays, although it was assigned once: the object was made anew then, or the API server was restored from a backup, and what that
 * forgot is no instruction.
 */
final class Instructions {
    private Instructions() {}

    /** To be followed, or not. */
    sealed interface Decision {
        /** What to remember, and to act on. */
        record Follow(NodeMemory memory) implements Decision {}

        /** Everything stays as it is. */
        record Ignore(String why) implements Decision {}
    }

    /**
     * Decides.
     *
     * @param before empty where nothing is remembered
     */
    static Decision decide(Optional<NodeMemory> before, NodeObject object, Identity identity, String machineId) {
        if (!object.spec().nodeUID().equals(identity.nodeUid())) {
            return new Decision.Ignore("the CgroupProgramNode is for the Node with uid "
                    + object.spec().nodeUID() + ", and this one is " + identity.nodeUid()
                    + "; the operator writes it anew for this Node");
        }
        Optional<NodeMemory> same = before.filter(m -> m.clusterUid().equals(identity.clusterUid()));
        Map<String, Assignment> assigned = new TreeMap<>();
        Set<String> released = new TreeSet<>();
        same.ifPresent(m -> {
            assigned.putAll(m.assigned());
            released.addAll(m.released());
        });
        Set<String> unlisted = unlisted(same, object);
        if (!object.spec().drain()) {
            merge(object.spec(), assigned, unlisted, released);
        }
        return new Decision.Follow(new NodeMemory(
                identity.clusterUid(),
                machineId,
                object.uid(),
                object.generation(),
                object.spec(),
                assigned,
                unlisted,
                released,
                same.map(NodeMemory::runs).orElse(Map.of())));
    }

    private static void merge(
            CgroupProgramNodeSpec spec, Map<String, Assignment> assigned, Set<String> unlisted, Set<String> released) {
        Set<String> named = new TreeSet<>();
        spec.assignments().forEach(a -> {
            assigned.put(a.chain(), a);
            named.add(a.chain());
        });
        unlisted.removeAll(named);
        if (spec.complete()) {
            assigned.values().stream()
                    .filter(a -> a.retain() && !named.contains(a.chain()) && !unlisted.contains(a.chain()))
                    .map(Assignment::chain)
                    .forEach(released::add);
        }
        released.removeAll(named);
        assigned.keySet().removeAll(released);
    }

    /** What was assigned, and not by this object as far as its present state goes back. */
    private static Set<String> unlisted(Optional<NodeMemory> before, NodeObject object) {
        Set<String> unlisted = new TreeSet<>();
        before.ifPresent(m ->
                unlisted.addAll(goesOn(m, object) ? m.unlisted() : m.assigned().keySet()));
        return unlisted;
    }

    /** Whether the object is what was followed last, or came of it: a generation has one spec, so another one of the same was set back. */
    private static boolean goesOn(NodeMemory before, NodeObject object) {
        return before.objectUid().equals(object.uid())
                && (before.generation() < object.generation()
                        || (before.generation() == object.generation()
                                && before.spec().equals(object.spec())));
    }
}
