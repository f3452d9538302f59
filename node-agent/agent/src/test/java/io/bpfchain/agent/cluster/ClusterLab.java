package io.bpfchain.agent.cluster;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.crds.file.ReadOutcome;
import io.bpfchain.crds.revision.Ability;
import io.bpfchain.crds.revision.RevisionContent;
import io.bpfchain.crds.revision.SourceBlob;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** A node that is only an object, and what the operator writes for it, in a namespace of the test's own. */
final class ClusterLab implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CRD = "cgroupprogramnodes.bpfchain.io";

    private final KubernetesClient client;
    private final String name = "agent-" + UUID.randomUUID().toString().substring(0, 8);
    private final String nodeUid;

    ClusterLab(KubernetesClient client) throws IOException {
        this.client = client;
        install();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .addToLabels("team", "blue")
                        .endMetadata()
                        .build())
                .create();
        Node node = client.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        nodeUid = node.getMetadata().getUid();
    }

    private void install() throws IOException {
        try (InputStream in = ClusterLab.class.getResourceAsStream("/io/bpfchain/crds/" + CRD + "-v1.yml")) {
            CustomResourceDefinition crd = client.apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .load(Objects.requireNonNull(in))
                    .item();
            client.resource(crd).serverSideApply();
        }
        await().ignoreExceptions()
                .until(() -> client.resources(CgroupProgramNode.class).list() != null);
    }

    /** The name of the node, and of the namespace of the operator and of pods. */
    String name() {
        return name;
    }

    String nodeUid() {
        return nodeUid;
    }

    /** Writes a revision as the operator does. */
    Assignment publish(String chain, long number, String cgroup, Path object, String rest) throws IOException {
        return publish(chain, number, cgroup, object, rest, "configMap: {namespace: a, name: source, key: main.o}");
    }

    /** The same for an object from elsewhere. */
    Assignment publish(String chain, long number, String cgroup, Path object, String rest, String source)
            throws IOException {
        byte[] bytes = Files.readAllBytes(object);
        String yaml = """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: %s}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: %s
                  objects:
                  - name: main
                    source: {%s}
                """.formatted(chain, cgroup, source) + rest.indent(2);
        ReadOutcome read = new ChainFiles().parse("chain.yaml", yaml, Path.of("/"));
        if (!(read instanceof ReadOutcome.Read valid)) {
            throw new IllegalArgumentException(read.toString());
        }
        ChainSpec spec = valid.documents().getFirst().spec();
        RevisionContent content = new RevisionContent(
                chain,
                spec,
                spec.objects().stream()
                        .map(ObjectSpec::name)
                        .map(o -> new ResolvedSource(o, null, Sha256.of(bytes), null))
                        .toList());
        writeBlob(Sha256.of(bytes), bytes);
        writeRevision(content.name(), content.json(), number);
        return new Assignment(chain, number, content.digest(), false, Ability.requiredBy(spec));
    }

    void writeBlob(String digest, byte[] bytes) {
        String blob = SourceBlob.name(digest);
        client.configMaps().inNamespace(name).withName(blob).delete();
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(blob)
                        .withNamespace(name)
                        .endMetadata()
                        .withImmutable(true)
                        .addToBinaryData(SourceBlob.KEY, Base64.getEncoder().encodeToString(bytes))
                        .build())
                .create();
    }

    void writeRevision(String revision, String json, long number) throws JsonProcessingException {
        client.apps().controllerRevisions().inNamespace(name).withName(revision).delete();
        client.resource(new ControllerRevisionBuilder()
                        .withNewMetadata()
                        .withName(revision)
                        .withNamespace(name)
                        .endMetadata()
                        .withData(JSON.readTree(json))
                        .withRevision(number)
                        .build())
                .create();
    }

    /** The JSON that a revision has. */
    String revision(Assignment assignment) throws JsonProcessingException {
        return JSON.writeValueAsString(client.apps()
                .controllerRevisions()
                .inNamespace(name)
                .withName(RevisionContent.name(assignment.chain(), assignment.digest()))
                .get()
                .getData());
    }

    /** Writes the node's object as the operator does. */
    void assign(Assignment... assignments) {
        assign(true, assignments);
    }

    void assign(boolean complete, Assignment... assignments) {
        CgroupProgramNodeSpec spec = new CgroupProgramNodeSpec(nodeUid, complete, List.of(assignments));
        CgroupProgramNode there =
                client.resources(CgroupProgramNode.class).withName(name).get();
        if (there == null) {
            CgroupProgramNode made = new CgroupProgramNode();
            made.getMetadata().setName(name);
            made.setSpec(spec);
            client.resource(made).create();
        } else {
            there.setSpec(spec);
            client.resource(there).update();
        }
    }

    /** Deletes the node's object. */
    void deleteObject() {
        client.resources(CgroupProgramNode.class).withName(name).delete();
        await().until(() ->
                client.resources(CgroupProgramNode.class).withName(name).get() == null);
    }

    Optional<CgroupProgramNodeStatus> status() {
        return Optional.ofNullable(
                        client.resources(CgroupProgramNode.class).withName(name).get())
                .map(CgroupProgramNode::getStatus);
    }

    /** What is reported of an assignment, where the report answers the object as it is. */
    Optional<ChainReport> report(Assignment assignment) {
        CgroupProgramNode there =
                client.resources(CgroupProgramNode.class).withName(name).get();
        return Optional.ofNullable(there)
                .map(CgroupProgramNode::getStatus)
                .filter(s -> s.assignmentsDigest().equals(there.getSpec().digest())
                        && s.nodeObjectUID().equals(there.getMetadata().getUid()))
                .stream()
                .flatMap(s -> s.chains().stream())
                .filter(c -> c.chain().equals(assignment.chain())
                        && c.digest().equals(assignment.digest())
                        && c.revision() == assignment.revision())
                .findFirst();
    }

    /** Waits until the agent reports an assignment to be in a state. */
    ChainReport awaitState(Assignment assignment, State state) {
        return await().until(
                        () -> report(assignment),
                        r -> r.filter(c -> c.state() == state).isPresent())
                .orElseThrow();
    }

    /** A pod of the node, which only is an object. */
    Pod pod(String pod, Map<String, String> labels) {
        return client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(pod)
                        .withNamespace(name)
                        .withLabels(labels)
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName(name)
                        .withAutomountServiceAccountToken(false)
                        .addNewContainer()
                        .withName("main")
                        .withImage("none")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    void label(Pod pod, Map<String, String> labels) {
        client.pods()
                .inNamespace(name)
                .withName(pod.getMetadata().getName())
                .edit(p -> new PodBuilder(p)
                        .editMetadata()
                        .withLabels(labels)
                        .endMetadata()
                        .build());
    }

    void delete(Pod pod) {
        client.resource(pod).withGracePeriod(0).delete();
    }

    @Override
    public void close() {
        client.resources(CgroupProgramNode.class).withName(name).delete();
        client.pods().inNamespace(name).withGracePeriod(0).delete();
        client.nodes().withName(name).delete();
        client.namespaces().withName(name).delete();
    }
}
