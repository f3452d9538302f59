package io.bpfchain.agent.run;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import org.slf4j.Logger;

/** What a daemon's log says of the changes that it made. */
public record ChangeLog(Logger log) {
    /** One line for each chain that changed; nothing of those that did not. */
    public void done(ApplyOutcome.Done done) {
        done.chains().forEach(this::changed);
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
