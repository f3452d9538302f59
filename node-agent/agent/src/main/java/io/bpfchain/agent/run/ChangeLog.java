package io.bpfchain.agent.run;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;

/** What a daemon's log says of what it tried. */
public final class ChangeLog {
    private final Logger log;

    /** What was said of some chains the last time, by their names. */
    private final Map<String, Set<String>> warned = new HashMap<>();

    public ChangeLog(Logger log) {
        this.log = log;
    }

    /** One line for each chain that changed, and nothing of those that did not; and what {@link #warn} says. */
    public void tried(Collection<String> chains, ApplyOutcome outcome) {
        if (outcome instanceof ApplyOutcome.Done done) {
            done.chains().forEach(this::changed);
        }
        warn(chains, outcome);
    }

    /** Each warning once, for as long as every attempt at the same chains gives it. */
    void warn(Collection<String> chains, ApplyOutcome outcome) {
        String names = String.join(", ", chains);
        Set<String> now = Set.copyOf(outcome.warnings());
        Set<String> before = now.isEmpty() ? warned.remove(names) : warned.put(names, now);
        outcome.warnings().stream()
                .distinct()
                .filter(w -> before == null || !before.contains(w))
                .forEach(w -> log.atWarn()
                        .addKeyValue("chains", names)
                        .addKeyValue("warning", w)
                        .log("a change has something to be warned of"));
    }

    private void changed(ChainChange chain) {
        long steps = chain.hooks().stream().mapToLong(h -> h.steps().size()).sum();
        if (steps > 0 || !chain.verb().equals("unchanged")) {
            log.atInfo()
                    .addKeyValue("chain", chain.chain())
                    .addKeyValue("revision", chain.revision())
                    .addKeyValue("steps", steps)
                    .log(chain.verb().equals("unchanged") ? "repaired" : chain.verb());
        }
    }
}
