package io.bpfchain.agent.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;

/**
 * Since when the API server tells nothing of what is watched. A watch that ends begins anew within seconds; one that does not is no reason to
 * change anything, but somebody has to know that changes are not seen. For one thread.
 */
final class Hearing {
    private final Duration patience;
    private final AgentMetrics metrics;
    private final Logger log;
    private final Map<String, Instant> since = new TreeMap<>();
    private Set<String> lost = Set.of();

    /**
     * Nothing is missed yet.
     *
     * @param patience for how long a watch may be away
     */
    Hearing(Duration patience, AgentMetrics metrics, Logger log) {
        this.patience = patience;
        this.metrics = metrics;
        this.log = log;
    }

    /**
     * Takes what is not heard of at the moment.
     *
     * @param unheard the resources, for example {@code pods}
     * @return those of which nothing has been heard for longer than the patience lasts
     */
    Set<String> look(Set<String> unheard, Instant now) {
        metrics.watchesLost(unheard.size());
        since.keySet().retainAll(unheard);
        unheard.forEach(r -> since.putIfAbsent(r, now));
        Set<String> lostNow = new TreeSet<>();
        since.forEach((resource, when) -> {
            if (!when.plus(patience).isAfter(now)) {
                lostNow.add(resource);
            }
        });
        if (!lostNow.equals(lost)) {
            lost = Set.copyOf(lostNow);
            tell(lostNow);
        }
        return lost;
    }

    private void tell(Set<String> lostNow) {
        if (lostNow.isEmpty()) {
            log.atInfo().log("the API server tells of everything that is watched again");
        } else {
            log.atWarn()
                    .addKeyValue("resources", String.join(", ", lostNow))
                    .addKeyValue("for", patience)
                    .log(
                            "the API server tells nothing of what is watched; everything is kept as it is, and changes are not seen. Look"
                                    + " whether the API server answers and whether the agent may watch these");
        }
    }
}
