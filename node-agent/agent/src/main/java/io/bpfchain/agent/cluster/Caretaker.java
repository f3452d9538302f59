package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.agent.run.Extender;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.planner.Cgroup;
import java.nio.file.Files;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * Keeps applied chains attached as they were applied: at cgroups that come, at the pods that they select, and where somebody else changed a
 * hook. What is to be applied is decided elsewhere. For one thread.
 */
final class Caretaker {
    private final Upkeep upkeep;
    private final Extender extender;
    private final NodeCgroups cgroups;
    private final Applying applying;
    private final AgentMetrics metrics;
    private final Logger log;

    /** The cgroups of the pods that chains were last attached to. */
    private final Map<String, Set<String>> selected = new HashMap<>();

    Caretaker(
            Upkeep upkeep,
            Extender extender,
            NodeCgroups cgroups,
            Applying applying,
            AgentMetrics metrics,
            Logger log) {
        this.upkeep = upkeep;
        this.extender = extender;
        this.cgroups = cgroups;
        this.applying = applying;
        this.metrics = metrics;
        this.log = log;
    }

    /** These chains are about to be applied. */
    void applying(List<ChainDocument> documents) {
        extender.applying(documents);
    }

    /** This chain was not applied after all. */
    void notApplied(String chain) {
        extender.notApplied(List.of(chain));
    }

    /** This chain was applied. */
    void applied(ChainDocument document) {
        select(document);
    }

    /** This chain was taken out. */
    void gone(String chain) {
        selected.remove(chain);
    }

    /** Brings chains to the cgroups that may have come under these paths and patterns. */
    void reach(Collection<ChainDocument> chains, Set<String> changed, String manager) {
        chains.stream()
                .filter(d -> cgroups.patterns(d.spec().cgroup()).stream().anyMatch(changed::contains))
                .forEach(d -> extend(d, manager));
    }

    private void extend(ChainDocument document, String manager) {
        if (!extender.extend(document.name(), document.spec().cgroup())) {
            repair(List.of(document), manager);
        }
        select(document);
    }

    /** Other pods, or other labels: a selection that lost a pod that is there is applied, one that gained is extended. */
    void reselect(ChainDocument document, String manager) {
        if (cgroups.resolve(document.spec().cgroup()) instanceof Cgroups.Resolution.Found found) {
            Set<String> lost = new HashSet<>(selected.getOrDefault(document.name(), Set.of()));
            lost.removeAll(paths(found));
            lost.removeIf(p -> !Files.isDirectory(cgroups.root().resolve(p.substring(1))));
            if (lost.isEmpty()) {
                extend(document, manager);
            } else {
                repair(List.of(document), manager);
                select(document);
            }
        }
    }

    private void select(ChainDocument document) {
        if (document.spec().cgroup().pods() != null
                && cgroups.resolve(document.spec().cgroup()) instanceof Cgroups.Resolution.Found found) {
            selected.put(document.name(), paths(found));
        }
    }

    private static Set<String> paths(Cgroups.Resolution.Found found) {
        return found.cgroups().stream().map(Cgroup::path).collect(Collectors.toSet());
    }

    /**
     * Repairs what others changed, and takes back what they took over; returns whether there was anything.
     *
     * @param statuses of this manager's chains
     */
    boolean refresh(Collection<ChainDocument> chains, List<ChainStatus> statuses, String manager) {
        Map<String, String> states = new HashMap<>();
        statuses.forEach(s -> states.put(s.name(), s.state()));
        upkeep.altered().forEach(c -> states.put(c, "Altered"));
        List<ChainDocument> drifted = chains.stream()
                .filter(d -> !"Running".equals(states.get(d.name())))
                .filter(d -> !selectsNothing(d))
                .toList();
        if (!drifted.isEmpty()) {
            drifted.forEach(d -> log.atWarn()
                    .addKeyValue("chain", d.name())
                    .addKeyValue("state", states.getOrDefault(d.name(), "Missing"))
                    .log("the kernel does not run what it shall; repairs it"));
            repair(drifted, manager);
            metrics.repaired(drifted.size());
        }
        return !drifted.isEmpty();
    }

    /** Nothing to attach to is nothing to repair. */
    private boolean selectsNothing(ChainDocument document) {
        return cgroups.resolve(document.spec().cgroup()) instanceof Cgroups.Resolution.Found found
                && found.cgroups().isEmpty();
    }

    private void repair(List<ChainDocument> documents, String manager) {
        extender.applying(documents);
        applying.apply(documents, manager).forEach((chain, verdict) -> {
            if (verdict instanceof Verdict.Unwell why) {
                extender.notApplied(List.of(chain));
                log.atError()
                        .addKeyValue("chain", chain)
                        .addKeyValue("reason", why.reason())
                        .addKeyValue("message", why.message())
                        .log("could not keep a chain up");
            }
        });
    }
}
