package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The next spec of a node's object. Pure. */
final class NodeSpecs {
    private NodeSpecs() {}

    /**
     * What shall stand in the object: what stands there, changed by what was decided. Nothing goes because nobody spoke of it,
     * and whether the node is to be drained stays as a person said.
     *
     * @param decided by chain
     * @param removed chains whose removal from this node was let through
     * @param answered whether the node's agent has told what it keeps since this object is there. Before that nobody knows whether the
     *     node had an object that was lost and what stood in it, so a new object is not complete, and the agent takes nothing out for it
     * @return empty where there is no object and nothing to put into one
     */
    static Optional<CgroupProgramNodeSpec> next(
            Optional<CgroupProgramNodeSpec> existing,
            Map<String, Assignment> decided,
            Predicate<String> removed,
            String nodeUid,
            boolean answered) {
        Map<String, Assignment> next = new TreeMap<>();
        existing.ifPresent(e -> e.assignments().forEach(a -> next.put(a.chain(), a)));
        next.keySet().removeIf(removed);
        next.putAll(decided);
        if (existing.isEmpty() && next.isEmpty()) {
            return Optional.empty();
        }
        boolean complete = existing.filter(CgroupProgramNodeSpec::complete).isPresent() || answered;
        boolean drain = existing.filter(CgroupProgramNodeSpec::drain).isPresent();
        return Optional.of(new CgroupProgramNodeSpec(nodeUid, complete, List.copyOf(next.values()), drain));
    }
}
