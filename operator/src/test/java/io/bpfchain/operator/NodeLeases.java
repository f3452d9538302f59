package io.bpfchain.operator;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Renews the Leases of nodes that are only objects, as their kubelets would: without them a cluster takes the nodes for lost. */
final class NodeLeases implements AutoCloseable {
    private static final String NAMESPACE = "kube-node-lease";
    private static final int SECONDS_VALID = 40;
    private static final int SECONDS_BETWEEN = 10;

    private final KubernetesClient client;
    private final Set<String> nodes = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService renewals = Executors.newSingleThreadScheduledExecutor();

    private final ScheduledFuture<?> renewing;

    NodeLeases(KubernetesClient client) {
        this.client = client;
        renewing = renewals.scheduleWithFixedDelay(
                () -> nodes.forEach(this::renew), SECONDS_BETWEEN, SECONDS_BETWEEN, TimeUnit.SECONDS);
    }

    void keep(String node) {
        nodes.add(node);
        renew(node);
    }

    private void renew(String node) {
        try {
            client.resource(new LeaseBuilder()
                            .withNewMetadata()
                            .withName(node)
                            .withNamespace(NAMESPACE)
                            .endMetadata()
                            .withNewSpec()
                            .withHolderIdentity(node)
                            .withLeaseDurationSeconds(SECONDS_VALID)
                            .withRenewTime(
                                    ZonedDateTime.ofInstant(Clock.systemUTC().instant(), ZoneOffset.UTC))
                            .endSpec()
                            .build())
                    .createOr(r -> r.update());
        } catch (KubernetesClientException e) {
            System.out.println("the Lease of node " + node + " was not renewed: " + e.getMessage());
        }
    }

    /** Stops, and removes what it wrote. */
    @Override
    public void close() {
        renewing.cancel(false);
        renewals.close();
        nodes.forEach(n -> client.leases().inNamespace(NAMESPACE).withName(n).delete());
    }
}
