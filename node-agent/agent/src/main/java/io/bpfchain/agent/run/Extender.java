package io.bpfchain.agent.run;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.planner.Cgroup;
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
            reached.put(document.name(), ids(found(document)));
        }
    }

    /** Attaches a chain to the cgroups that came; false where that needs a whole apply. */
    public boolean extend(ChainDocument document) {
        List<Cgroup> now = found(document);
        Set<Long> before = reached.getOrDefault(document.name(), Set.of());
        List<Cgroup> fresh = now.stream().filter(c -> !before.contains(c.id())).toList();
        if (fresh.isEmpty()) {
            reached.put(document.name(), ids(now));
            return true;
        }
        return switch (upkeep.extend(document.name(), fresh)) {
            case ApplyOutcome.Done done -> {
                reached.put(document.name(), ids(now));
                log.atInfo()
                        .addKeyValue("chain", document.name())
                        .addKeyValue("cgroups", fresh.size())
                        .log("extended");
                yield true;
            }
            case ApplyOutcome.Refused refused -> false;
            case ApplyOutcome.Failed failed -> false;
        };
    }

    private List<Cgroup> found(ChainDocument document) {
        return switch (cgroups.resolve(document.spec().cgroup())) {
            case Cgroups.Resolution.Found found -> found.cgroups();
            case Cgroups.Resolution.Refused refused -> List.of();
        };
    }

    private static Set<Long> ids(List<Cgroup> cgroups) {
        return cgroups.stream().map(Cgroup::id).collect(Collectors.toCollection(HashSet::new));
    }
}
