package io.bpfchain.agent.run;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.planner.Cgroup;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/** Brings chains that run to cgroups that have just come: the quick way, without reading or loading anything. */
public final class Extender {
    private final Upkeep upkeep;
    private final Cgroups cgroups;
    private final Logger log;

    /** Ids of the cgroups that each chain was brought to; a removed cgroup's id is not given out again before it is forgotten here. */
    private final Map<String, Set<Long>> reached = new HashMap<>();

    /** Has brought nothing anywhere yet. */
    public Extender(Upkeep upkeep, Cgroups cgroups, Logger log) {
        this.upkeep = upkeep;
        this.cgroups = cgroups;
        this.log = log;
    }

    /** To be told before chains are applied: what is there now, apply reaches. */
    public void applying(List<ChainDocument> documents) {
        for (ChainDocument document : documents) {
            reached.put(document.name(), ids(found(document.spec().cgroup())));
        }
    }

    /** To be told of chains that were not applied after all: nothing was reached. */
    public void notApplied(Collection<String> chains) {
        reached.keySet().removeAll(chains);
    }

    /**
     * Attaches a chain to the cgroups that came; false where that needs a whole apply.
     *
     * @param selection that of the chain that runs
     */
    public boolean extend(String chain, CgroupSpec selection) {
        List<Cgroup> now = found(selection);
        Set<Long> before = reached.getOrDefault(chain, Set.of());
        List<Cgroup> fresh = now.stream().filter(c -> !before.contains(c.id())).toList();
        if (fresh.isEmpty()) {
            reached.put(chain, ids(now));
            return true;
        }
        return switch (upkeep.extend(chain, selection, fresh)) {
            case ApplyOutcome.Done done -> {
                reached.put(chain, ids(now));
                log.atInfo()
                        .addKeyValue("chain", chain)
                        .addKeyValue("cgroups", fresh.size())
                        .log("extended");
                yield true;
            }
            case ApplyOutcome.Refused refused -> false;
            case ApplyOutcome.Failed failed -> false;
        };
    }

    private List<Cgroup> found(CgroupSpec selection) {
        return switch (cgroups.resolve(selection)) {
            case Cgroups.Resolution.Found found -> found.cgroups();
            case Cgroups.Resolution.Refused refused -> List.of();
        };
    }

    private static Set<Long> ids(List<Cgroup> cgroups) {
        return cgroups.stream().map(Cgroup::id).collect(Collectors.toCollection(HashSet::new));
    }
}
