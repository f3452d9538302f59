package io.bpfchain.operator.cluster;

import io.bpfchain.crds.CgroupProgramNode;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.math.BigInteger;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the API server again and again at which version it is. It only grows (KEP-5504), unless etcd was restored from a backup; a watch of
 * before waits in silence then until the version that it knew is reached again, and misses all until there.
 */
public final class ApiVersion implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiVersion.class);
    private static final ListOptions ONE =
            new ListOptionsBuilder().withLimit(1L).build();

    private final KubernetesClient client;
    private final BiConsumer<String, String> onSetBack;
    private BigInteger highest = BigInteger.ZERO;

    /**
     * Nothing is known yet.
     *
     * @param onSetBack told the version of before and the one of now
     */
    public ApiVersion(KubernetesClient client, BiConsumer<String, String> onSetBack) {
        this.client = client;
        this.onSetBack = onSetBack;
    }

    @Override
    public void run() {
        try {
            String text = client.resources(CgroupProgramNode.class)
                    .list(ONE)
                    .getMetadata()
                    .getResourceVersion();
            BigInteger now = new BigInteger(text);
            if (now.compareTo(highest) < 0) {
                onSetBack.accept(highest.toString(), text);
            }
            highest = now.max(highest);
        } catch (KubernetesClientException | NumberFormatException e) {
            LOG.atDebug().setCause(e).log("the API server does not say at which version it is");
        }
    }
}
