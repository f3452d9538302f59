package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.operator.cluster.Caches;
import io.bpfchain.operator.cluster.ChainObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells in Events of a chain why nodes do not run it, in the agent's words with its remedy: so that {@code kubectl describe} shows it, and
 * agents need no permission to write Events. At most so many nodes are named for a revision and a reason within an hour, because what
 * one node refuses a thousand refuse.
 */
public final class NodeComplaints {
    private static final int MOST_NODES = 5;
    private static final Duration WHILE = Duration.ofHours(1);
    private static final int MOST_SUBJECTS = 1000;

    private final Caches caches;
    private final Events events;
    private final Clock clock;

    /** When which nodes were named. */
    private final Map<Subject, Map<String, Instant>> told = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Subject, Map<String, Instant>> eldest) {
            return size() > MOST_SUBJECTS;
        }
    };

    private record Subject(String chainUid, String digest, String reason) {}

    public NodeComplaints(Caches caches, Events events, Clock clock) {
        this.caches = caches;
        this.events = events;
        this.clock = clock;
    }

    /** Tells what is new in a node's report. */
    void tell(CgroupProgramNode object) {
        String node = object.getMetadata().getName();
        NodeReports.complaints(object)
                .forEach(report -> caches.chain(report.chain()).ifPresent(chain -> tell(chain, node, report)));
    }

    private void tell(ChainObject chain, String node, ChainReport report) {
        String reason = report.reason();
        if (reason != null && isToBeTold(new Subject(chain.uid(), report.digest(), reason), node)) {
            events.complaint(chain, node, report, reason);
        }
    }

    private synchronized boolean isToBeTold(Subject subject, String node) {
        Instant now = clock.instant();
        Map<String, Instant> nodes = told.computeIfAbsent(subject, s -> new TreeMap<>());
        nodes.values().removeIf(at -> at.plus(WHILE).isBefore(now));
        return nodes.size() < MOST_NODES && nodes.putIfAbsent(node, now) == null;
    }
}
