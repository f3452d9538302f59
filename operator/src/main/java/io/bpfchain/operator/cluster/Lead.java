package io.bpfchain.operator.cluster;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Until when this process leads, by what the Lease itself says. The elector notices only at its next renewal that another process took
 * over: one that was stopped for longer than the Lease lasts would go on for that long as if it led, with what it had decided before.
 */
public final class Lead implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Lead.class);

    private final KubernetesClient client;
    private final String namespace;
    private final String lease;
    private final String identity;
    private final Clock clock;
    private volatile Instant until = Instant.MIN;

    /** Nothing is known yet. */
    public Lead(KubernetesClient client, String namespace, String lease, String identity, Clock clock) {
        this.client = client;
        this.namespace = namespace;
        this.lease = lease;
        this.identity = identity;
        this.clock = clock;
    }

    /** Reads the Lease; to be done again before it ends. What cannot be read changes nothing. */
    @Override
    public void run() {
        try {
            until = Optional.ofNullable(client.leases()
                            .inNamespace(namespace)
                            .withName(lease)
                            .get())
                    .map(Lease::getSpec)
                    .filter(s -> identity.equals(s.getHolderIdentity()))
                    .map(Lead::end)
                    .orElse(Instant.MIN);
        } catch (KubernetesClientException e) {
            LOG.atDebug().setCause(e).log("the Lease cannot be read");
        }
    }

    private static Instant end(LeaseSpec spec) {
        return spec.getRenewTime().toInstant().plusSeconds(spec.getLeaseDurationSeconds());
    }

    /** Whether nobody else can lead now. */
    public boolean isHeld() {
        return clock.instant().isBefore(until);
    }
}
