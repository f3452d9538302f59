package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the agent must know of its past, so that it can go on without an API server.
 *
 * @param clusterUid which cluster told it
 * @param machineId of the machine that this was written on; on another it is a clone's, and is not believed
 * @param objectUid of the node's object that was last followed
 * @param generation of that object
 * @param spec that was last followed
 * @param assigned by chain: what this machine is to run, and what it was to run and is not rid of yet
 * @param unlisted of these: what that object has not listed yet. It was made anew or set back to an earlier state since they were
 *     assigned, so that its silence about them says nothing
 * @param released chains that were taken out with {@code retain}: they stay attached, and nobody keeps them any more
 * @param runs the digest of the content that was last applied, by chain
 */
record NodeMemory(
        String clusterUid,
        String machineId,
        String objectUid,
        long generation,
        CgroupProgramNodeSpec spec,
        Map<String, Assignment> assigned,
        Set<String> unlisted,
        Set<String> released,
        Map<String, String> runs) {
    NodeMemory {
        Objects.requireNonNull(clusterUid);
        Objects.requireNonNull(machineId);
        Objects.requireNonNull(objectUid);
        Objects.requireNonNull(spec);
        assigned = Collections.unmodifiableMap(new TreeMap<>(assigned));
        unlisted = Collections.unmodifiableSet(new TreeSet<>(unlisted));
        released = Collections.unmodifiableSet(new TreeSet<>(released));
        runs = Collections.unmodifiableMap(new TreeMap<>(runs));
    }

    /**
     * Chains that are to be taken out: known by name, and not assigned any more by a spec that is complete; or all of them, where the node is
     * to be drained.
     */
    Set<String> leaving() {
        Set<String> leaving = new TreeSet<>();
        if (spec.drain()) {
            leaving.addAll(assigned.keySet());
        } else if (spec.complete()) {
            leaving.addAll(assigned.keySet());
            spec.assignments().forEach(a -> leaving.remove(a.chain()));
            leaving.removeAll(unlisted);
        }
        return leaving;
    }

    /** After a chain was taken out. */
    NodeMemory without(String chain) {
        Map<String, Assignment> left = new TreeMap<>(assigned);
        left.remove(chain);
        Set<String> silent = new TreeSet<>(unlisted);
        silent.remove(chain);
        return new NodeMemory(
                clusterUid, machineId, objectUid, generation, spec, left, silent, released, withoutRun(chain));
    }

    /** After a content was applied. */
    NodeMemory running(Map<String, String> applied) {
        Map<String, String> all = new TreeMap<>(runs);
        all.putAll(applied);
        return new NodeMemory(clusterUid, machineId, objectUid, generation, spec, assigned, unlisted, released, all);
    }

    private Map<String, String> withoutRun(String chain) {
        Map<String, String> left = new TreeMap<>(runs);
        left.remove(chain);
        return left;
    }

    /** How this agent's chains are marked on the machine. */
    String manager() {
        return manager(clusterUid);
    }

    /** Whether a chain of the machine is this cluster's, and was not taken out to be retained. */
    boolean isOurs(ChainStatus chain) {
        return chain.manager().equals(manager()) && !released.contains(chain.name());
    }

    static String manager(String clusterUid) {
        return "cluster:" + clusterUid;
    }
}
