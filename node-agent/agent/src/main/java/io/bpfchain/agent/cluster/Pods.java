package io.bpfchain.agent.cluster;

import io.bpfchain.crds.CgroupSpec;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What is known of the pods of this node. A pod that the API server does not list any more stays known until its cgroup is gone: that it
 * was not found detaches nothing. Safe for several threads.
 */
public final class Pods {
    private final Runnable changed;
    private final Map<String, Pod> pods = new HashMap<>();
    private final Set<String> gone = new HashSet<>();
    private final Map<String, Map<String, String>> namespaces = new HashMap<>();
    private boolean podsListed;
    private boolean namespacesListed;

    /**
     * Knows nothing yet.
     *
     * @param changed told after every change that may select other pods
     */
    public Pods(Runnable changed) {
        this.changed = changed;
    }

    /**
     * A pod.
     *
     * @param uid by which the kubelet names the pod's cgroup: for a static pod not that of the object that mirrors it
     */
    public record Pod(String uid, String namespace, Map<String, String> labels) {
        public Pod {
            Objects.requireNonNull(uid);
            Objects.requireNonNull(namespace);
            labels = Map.copyOf(labels);
        }
    }

    /** A pod is there, with these labels. */
    public void put(Pod pod) {
        boolean news;
        synchronized (this) {
            news = !pod.equals(pods.put(pod.uid(), pod));
            gone.remove(pod.uid());
        }
        tell(news);
    }

    /** A namespace is there, with these labels. */
    public void namespace(String name, Map<String, String> labels) {
        boolean news;
        synchronized (this) {
            news = !labels.equals(namespaces.put(name, Map.copyOf(labels)));
        }
        tell(news);
    }

    /** Every pod of the node has been told once. */
    public void podsListed() {
        boolean news;
        synchronized (this) {
            news = !podsListed;
            podsListed = true;
        }
        tell(news);
    }

    /** Every namespace has been told once. */
    public void namespacesListed() {
        boolean news;
        synchronized (this) {
            news = !namespacesListed;
            namespacesListed = true;
        }
        tell(news);
    }

    /** Whether enough is known to say which pods are selected, and so also which are not. */
    synchronized boolean canTell(CgroupSpec.Pods selection) {
        return podsListed && (selection.namespaceSelector() == null || namespacesListed);
    }

    /** Whether a pod is selected; one whose labels, or whose namespace's, are not known yet is not. */
    synchronized boolean isSelected(CgroupSpec.Pods selection, String uid) {
        Pod pod = pods.get(uid);
        if (pod == null) {
            return false;
        }
        Map<String, String> namespace = namespaces.get(pod.namespace());
        return (selection.namespaceSelector() == null || namespace != null)
                && selection.matches(Objects.requireNonNullElse(namespace, Map.of()), pod.labels());
    }

    /** The API server does not list a pod any more. */
    public synchronized void gone(String uid) {
        gone.add(uid);
    }

    /** Forgets pods that the API server does not list any more and that have no cgroup. */
    synchronized void forgetGone(Set<String> withCgroup) {
        gone.removeIf(uid -> {
            boolean forget = !withCgroup.contains(uid);
            if (forget) {
                pods.remove(uid);
            }
            return forget;
        });
    }

    private void tell(boolean news) {
        if (news) {
            changed.run();
        }
    }
}
