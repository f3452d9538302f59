package io.bpfchain.agent.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import java.util.Objects;
import java.util.Set;

/** What the agent asks of the cluster, and all that it may. Nothing here throws because an API server is away: that is an answer. */
public interface ClusterApi extends AutoCloseable {
    /** Which cluster this is, and which Node of it this machine is. */
    Fetched<Identity> identity();

    /** The same as the Node is now: what {@link #identity} goes by may be older than it. */
    Fetched<Identity> identityOfNode();

    /** The data of a ControllerRevision in the operator's namespace; whoever asks checks its digest. */
    Fetched<JsonNode> revision(String name);

    /** The bytes of an immutable ConfigMap in the operator's namespace; whoever asks checks their digest. */
    Fetched<byte[]> blob(String name);

    /** Writes the status of the node's object, where it still is the object with this uid. */
    Written report(String objectUid, CgroupProgramNodeStatus status);

    /** Watches the node's object until {@link #close}; told on other threads. */
    void watchNode(NodeWatch watch);

    /** Watches the pods of the node until {@link #close}; once is enough. */
    void watchPods(Pods pods);

    /** Watches namespaces until {@link #close}; once is enough. */
    void watchNamespaces(Pods pods);

    /** The watched resources, for example {@code pods}, of which the API server tells nothing at the moment; asks nobody. */
    Set<String> unheard();

    /**
     * Finds out, without keeping the caller, whether the API server was set back to before what the watches were told, which makes them
     * silent; they begin anew then.
     */
    void recheck();

    @Override
    void close();

    /**
     * Who this agent is in the cluster.
     *
     * @param clusterUid the uid of the namespace {@code kube-system}, by which clusters are told apart
     * @param nodeUid the uid of the Node that this machine is now
     */
    record Identity(String clusterUid, String nodeUid) {
        public Identity {
            Objects.requireNonNull(clusterUid);
            Objects.requireNonNull(nodeUid);
        }
    }

    /**
     * The node's object as it was seen.
     *
     * @param generation grows with each change of the spec of this very object, unless the API server's memory was set back
     */
    record NodeObject(String uid, long generation, CgroupProgramNodeSpec spec) {
        public NodeObject {
            Objects.requireNonNull(uid);
            Objects.requireNonNull(spec);
        }
    }

    /** Told what becomes of the node's object. */
    interface NodeWatch {
        /** It is there and says this. */
        void seen(NodeObject object);

        /** The API server has answered for the first time, whether or not there is an object. */
        void listed();

        /** It is not there any more, which instructs nobody. */
        void gone();

        /** The API server does not answer, or not with the object; the client tries again. */
        void unavailable(String why);
    }

    /** What came of asking. */
    sealed interface Fetched<T> {
        record Found<T>(T value) implements Fetched<T> {}

        /** The API server says that there is no such object. */
        record Missing<T>() implements Fetched<T> {}

        /** The API server did not say. */
        record Unavailable<T>(String why) implements Fetched<T> {}
    }

    /** What came of writing. */
    sealed interface Written {
        record Done() implements Written {}

        record Failed(String why) implements Written {}
    }
}
