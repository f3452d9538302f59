package io.bpfchain.cluster;

import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.operator.cluster.ChainObject;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Somebody who changes an annotation of a node's object and of a chain as fast as the API server answers, and with it their versions. */
final class OtherWriter implements AutoCloseable {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private static final int WRITERS = 5;

    private final KubernetesClient admin;
    private final AtomicBoolean end = new AtomicBoolean();
    private final List<Thread> threads;
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    /** Begins. */
    OtherWriter(KubernetesClient admin, String node, String chain) {
        this.admin = admin;
        threads = Stream.concat(
                        Collections.nCopies(WRITERS, (Runnable) () -> change(CgroupProgramNode.class, node)).stream(),
                        Stream.of(() -> change(ChainObject.class, chain), () -> update(node)))
                .map(this::again)
                .toList();
    }

    private Thread again(Runnable change) {
        return Thread.ofPlatform().name("another writer").start(() -> {
            while (!end.get()) {
                change.run();
            }
        });
    }

    private <T extends HasMetadata> void change(Class<T> kind, String name) {
        admin.resources(kind)
                .withName(name)
                .patch(
                        MERGE,
                        "{\"metadata\": {\"annotations\": {\"example.com/turn\": \"%d\"}}}"
                                .formatted(writes.incrementAndGet()));
    }

    /** Reads and writes back, which is refused where somebody wrote in between. */
    private void update(String node) {
        CgroupProgramNode read =
                admin.resources(CgroupProgramNode.class).withName(node).get();
        try {
            admin.resource(read).update();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            refused.incrementAndGet();
        }
    }

    /** How many of these writes were refused that carry the version of what was read. */
    int refused() {
        return refused.get();
    }

    @Override
    public void close() {
        end.set(true);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
