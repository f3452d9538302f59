package io.bpfchain.agent.cluster.api;

import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.math.BigInteger;
import java.util.function.Supplier;

/**
 * A watch that can begin anew. Where an API server was set back to an earlier state (etcd restored from a backup), a watch of before goes on
 * in silence: it asks for what comes after a version that is still to be reached, and gets nothing until then.
 */
final class Renewable implements AutoCloseable {
    private final String resource;
    private final Supplier<SharedIndexInformer<?>> begin;
    private SharedIndexInformer<?> informer;

    /**
     * Begins.
     *
     * @param resource what is watched, for example {@code pods}
     * @param begin makes a watch that lists first
     */
    Renewable(String resource, Supplier<SharedIndexInformer<?>> begin) {
        this.resource = resource;
        this.begin = begin;
        informer = begin.get();
    }

    /** The version up to which it was told; empty before the first answer. */
    synchronized String version() {
        String version = informer.lastSyncResourceVersion();
        return version == null ? "" : version;
    }

    String resource() {
        return resource;
    }

    /** Whether news come at the moment; false before the first answer and while a watch that ended has not begun anew. */
    synchronized boolean isHeard() {
        return informer.isWatching();
    }

    synchronized void renew() {
        informer.close();
        informer = begin.get();
    }

    @Override
    public synchronized void close() {
        informer.close();
    }

    /** Whether a version of the API server is earlier than one that it told before; they compare as numbers (KEP-5504). */
    static boolean isSetBack(String now, String before) {
        return isNumber(now) && isNumber(before) && new BigInteger(now).compareTo(new BigInteger(before)) < 0;
    }

    private static boolean isNumber(String version) {
        return !version.isEmpty() && version.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
