package io.bpfchain.agent.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.crds.file.ReadOutcome;
import io.bpfchain.crds.revision.Ability;
import io.bpfchain.crds.revision.RevisionContent;
import io.bpfchain.crds.revision.SourceBlob;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** An API server with one node's object, in this process. It tells when a test says so. */
final class FakeCluster implements ClusterApi {
    static final String NODE_UID = "node-uid";
    static final String CLUSTER_UID = "cluster-uid";

    private static final byte[] BYTES = "bytes of an object".getBytes(StandardCharsets.UTF_8);

    private final Map<String, JsonNode> revisions = new ConcurrentHashMap<>();
    private final Map<String, byte[]> blobs = new HashMap<>();
    private final List<CgroupProgramNodeStatus> reports = new ArrayList<>();
    private volatile Fetched<Identity> identity = new Fetched.Found<>(new Identity(CLUSTER_UID, NODE_UID));
    private volatile Set<String> unheard = Set.of();
    private @Nullable NodeWatch watch;
    private @Nullable Pods pods;
    private @Nullable NodeObject last;
    private long generation;

    /** Writes the content of a revision as the operator does. */
    synchronized Assignment publish(String chain, long number, String cgroup) {
        String yaml = """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: %s}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: %s
                  objects:
                  - name: main
                    source: {configMap: {namespace: x, name: source, key: main.o}}
                  programs:
                  - {name: p%d}
                """.formatted(chain, cgroup, number);
        if (!(new ChainFiles().parse("chain.yaml", yaml, Path.of("/")) instanceof ReadOutcome.Read read)) {
            throw new IllegalArgumentException(yaml);
        }
        ChainSpec spec = read.documents().getFirst().spec();
        RevisionContent content =
                new RevisionContent(chain, spec, List.of(new ResolvedSource("main", null, Sha256.of(BYTES), null)));
        revisions.put(content.name(), json(content.json()));
        blobs.put(SourceBlob.name(Sha256.of(BYTES)), BYTES);
        return new Assignment(chain, number, content.digest(), false, Ability.requiredBy(spec));
    }

    /** Writes whatever it is under the name of a revision with this digest. */
    void write(String chain, String digest, byte[] content) {
        revisions.put(RevisionContent.name(chain, digest), json(new String(content, StandardCharsets.UTF_8)));
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** From now on nothing is told of these. */
    void silence(String... resources) {
        unheard = Set.of(resources);
    }

    @Override
    public Set<String> unheard() {
        return unheard;
    }

    /** Who the agent is told that it is, as long as it does not ask for the Node itself. */
    void identity(Fetched<Identity> now) {
        identity = now;
    }

    /** Writes the node's object as the operator does, and tells. */
    NodeObject assign(Assignment... assignments) {
        return tell(NODE_UID, assignments);
    }

    NodeObject tell(String nodeUid, Assignment... assignments) {
        NodeObject object;
        synchronized (this) {
            object = new NodeObject(
                    "object-uid", ++generation, new CgroupProgramNodeSpec(nodeUid, true, List.of(assignments)));
            last = object;
        }
        watch().seen(object);
        return object;
    }

    /** What was told last. */
    synchronized NodeObject again() {
        return Optional.ofNullable(last).orElseThrow();
    }

    synchronized NodeWatch watch() {
        return Optional.ofNullable(watch).orElseThrow();
    }

    synchronized boolean isWatched() {
        return watch != null;
    }

    /** What the agent knows of pods; empty before it wants to. */
    synchronized Optional<Pods> pods() {
        return Optional.ofNullable(pods);
    }

    /** All that was reported. */
    synchronized List<CgroupProgramNodeStatus> reports() {
        return List.copyOf(reports);
    }

    @Override
    public Fetched<Identity> identity() {
        return identity;
    }

    @Override
    public Fetched<Identity> identityOfNode() {
        return new Fetched.Found<>(new Identity(CLUSTER_UID, NODE_UID));
    }

    @Override
    public Fetched<JsonNode> revision(String name) {
        JsonNode found = revisions.get(name);
        return found == null ? new Fetched.Missing<>() : new Fetched.Found<>(found);
    }

    @Override
    public synchronized Fetched<byte[]> blob(String name) {
        byte[] found = blobs.get(name);
        return found == null ? new Fetched.Missing<>() : new Fetched.Found<>(found);
    }

    @Override
    public synchronized Written report(String objectUid, CgroupProgramNodeStatus status) {
        reports.add(status);
        return new Written.Done();
    }

    @Override
    public synchronized void watchNode(NodeWatch told) {
        watch = told;
    }

    @Override
    public synchronized void watchPods(Pods told) {
        pods = told;
    }

    @Override
    public void watchNamespaces(Pods told) {}

    @Override
    public void recheck() {}

    @Override
    public void close() {}
}
