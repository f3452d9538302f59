package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the objects of nodes. */
final class NodeReports {
    /** The agent's word for it. */
    private static final String MISSING = "ContentMissing";

    private NodeReports() {}

    /** Digests of the revisions of a chain that a node is assigned, reports about, or runs. */
    static Stream<String> digests(CgroupProgramNode object, String chain) {
        Stream<String> assigned = object.getSpec().assignments().stream()
                .filter(a -> a.chain().equals(chain))
                .map(Assignment::digest);
        Stream<String> reported = reports(object)
                .filter(r -> r.chain().equals(chain))
                .flatMap(r -> Stream.concat(Stream.of(r.digest()), Optional.ofNullable(r.runs()).stream()));
        return Stream.concat(assigned, reported);
    }

    /**
     * Whether the node's agent has taken over what this very object says, and tells what it keeps; while it is drained it tells nothing,
     * and what it told then says nothing after that.
     */
    static boolean isFollowed(CgroupProgramNode object) {
        return !object.getSpec().drain()
                && Optional.ofNullable(object.getStatus())
                        .filter(s -> s.isOf(object.getMetadata().getUid()))
                        .filter(s -> !s.tellsOfDraining())
                        .isPresent();
    }

    /** What a node keeps because an object that was lost had assigned it: the new one is not complete yet and does not list it. */
    static Stream<ChainReport> kept(CgroupProgramNode object) {
        return object.getSpec().complete() || !isFollowed(object)
                ? Stream.empty()
                : reports(object)
                        .filter(r -> object.getSpec().assignments().stream()
                                .noneMatch(a -> a.chain().equals(r.chain())));
    }

    /** What a node says that it cannot do, or could not keep. */
    static Stream<ChainReport> complaints(CgroupProgramNode object) {
        return isFollowed(object) ? reports(object).filter(r -> r.reason() != null) : Stream.empty();
    }

    /** Whether the agent reports that there is no such content in the operator's namespace. */
    static boolean misses(CgroupProgramNode object, String chain, String digest) {
        return reports(object)
                .anyMatch(r -> r.chain().equals(chain) && r.digest().equals(digest) && MISSING.equals(r.reason()));
    }

    /** All that a node reports of chains, whatever object it is about. */
    static Stream<ChainReport> reports(CgroupProgramNode object) {
        return Optional.ofNullable(object.getStatus()).stream().flatMap(s -> s.chains().stream());
    }
}
