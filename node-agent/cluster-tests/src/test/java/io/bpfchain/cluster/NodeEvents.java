package io.bpfchain.cluster;

import io.bpfchain.crds.CgroupProgramNode;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.concurrent.atomic.AtomicInteger;

/** A watch of the objects of all nodes over plain HTTP, from now on, and how much it was told. */
final class NodeEvents implements AutoCloseable {
    private final AtomicInteger events = new AtomicInteger();
    private final KubernetesClient client;
    private final Watch watch;

    /** Begins. */
    NodeEvents(Config administrator) {
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(administrator)
                        .withOnlyHttpWatches(true)
                        .build())
                .build();
        String now = client.resources(CgroupProgramNode.class)
                .list(new ListOptionsBuilder().withLimit(1L).build())
                .getMetadata()
                .getResourceVersion();
        watch = client.resources(CgroupProgramNode.class)
                .watch(new ListOptionsBuilder().withResourceVersion(now).build(), new Counting());
    }

    private final class Counting implements Watcher<CgroupProgramNode> {
        @Override
        public void eventReceived(Action action, CgroupProgramNode object) {
            if (action != Action.BOOKMARK) {
                events.incrementAndGet();
            }
        }

        @Override
        public void onClose(WatcherException cause) {
            // Then too little was counted, and the test fails.
        }
    }

    int count() {
        return events.get();
    }

    @Override
    public void close() {
        watch.close();
        client.close();
    }
}
