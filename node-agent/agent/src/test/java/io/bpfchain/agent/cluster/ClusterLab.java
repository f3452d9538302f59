package io.bpfchain.agent.cluster;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.crds.CgroupProgramChain;
import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.ClusterNames;
import io.bpfchain.crds.Condition;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.SourceSpec.ConfigMapSource;
import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.crds.file.ReadOutcome;
import io.bpfchain.crds.revision.Ability;
import io.bpfchain.crds.revision.RevisionContent;
import io.bpfchain.crds.revision.SourceBlob;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** A node that is only an object, and what the operator writes for it, in a namespace of the test's own. */
final class ClusterLab implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> DEFINITIONS =
            List.of("cgroupprogramnodes.bpfchain.io", "cgroupprogramchains.bpfchain.io");

    private final KubernetesClient client;
    private final String name = "agent-" + UUID.randomUUID().toString().substring(0, 8);
    private final String nodeUid;
    private final List<String> chains = new ArrayList<>();

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
        for (String definition : DEFINITIONS) {
            try (InputStream in = ClusterLab.class.getResourceAsStream("/io/bpfchain/crds/" + definition + "-v1.yml")) {
                CustomResourceDefinition crd = client.apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .load(Objects.requireNonNull(in))
                        .item();
                client.resource(crd).serverSideApply();
            }
        }
        await().ignoreExceptions()
                .until(() -> client.resources(CgroupProgramNode.class).list() != null
                        && client.resources(CgroupProgramChain.class).list() != null);
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
        return publish(chain, number, cgroup, object, rest, configMapSource());
    }

    /** The same for an object from elsewhere. */
    Assignment publish(String chain, long number, String cgroup, Path object, String rest, String source)
            throws IOException {
        byte[] bytes = Files.readAllBytes(object);
        String yaml = yaml(chain, cgroup, rest, source);
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
        client.apps()
                .controllerRevisions()
                .inNamespace(name)
                .withName(content.name())
                .edit(r -> new ControllerRevisionBuilder(r)
                        .editMetadata()
                        .addToLabels(ClusterNames.CHAIN, chain)
                        .endMetadata()
                        .build());
        return new Assignment(chain, number, content.digest(), false, Ability.requiredBy(spec));
    }

    /** A chain as its owner writes it. */
    String yaml(String chain, String cgroup, String rest) {
        return yaml(chain, cgroup, rest, configMapSource());
    }

    private String configMapSource() {
        return "configMap: {namespace: %s, name: source, key: main.o}".formatted(name);
    }

    private static String yaml(String chain, String cgroup, String rest, String source) {
        return """
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
    }

    /** Writes a chain as its owner does, and its status as the operator does when the node runs this assignment. */
    void chain(String chain, String cgroup, String rest, Assignment target) {
        HasMetadata written = client.resource(yaml(chain, cgroup, rest))
                .fieldManager("somebody")
                .serverSideApply();
        chains.add(chain);
        RevisionStatus revision = new RevisionStatus(
                target.revision(),
                RevisionContent.name(chain, target.digest()),
                target.digest(),
                written.getMetadata().getGeneration(),
                List.of());
        String now = Instant.now().toString();
        CgroupProgramChain status = new CgroupProgramChain();
        status.getMetadata().setName(chain);
        status.setStatus(new CgroupProgramChainStatus(
                written.getMetadata().getGeneration(),
                List.of(new Condition("Ready", Condition.Status.True, "Complete", "It runs everywhere.", now, null)),
                revision,
                revision,
                1,
                1,
                1,
                0,
                0,
                "1/1",
                List.of()));
        client.resource(status)
                .subresource("status")
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("bpfchain-operator")
                        .withForce(true)
                        .build());
    }

    /** The spec of a chain. */
    ChainSpec spec(String chain) {
        return client.resources(CgroupProgramChain.class).withName(chain).get().getSpec();
    }

    /** Makes the ConfigMap that chains of this lab name as their source. */
    void source(Path object) throws IOException {
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("source")
                        .withNamespace(name)
                        .addToLabels(ClusterNames.SOURCE, "true")
                        .endMetadata()
                        .addToBinaryData("main.o", Base64.getEncoder().encodeToString(Files.readAllBytes(object)))
                        .build())
                .create();
    }

    /** That ConfigMap. */
    ConfigMapSource source() {
        return new ConfigMapSource(name, "source", "main.o");
    }

    /** The bytes of a source that chains may use. */
    byte[] bytes(ConfigMapSource source) {
        ConfigMap there = client.configMaps()
                .inNamespace(source.namespace())
                .withName(source.name())
                .get();
        if (!"true".equals(there.getMetadata().getLabels().get(ClusterNames.SOURCE))) {
            throw new IllegalStateException(source + " is not labelled");
        }
        return Base64.getDecoder().decode(there.getBinaryData().get(source.key()));
    }

    /** Holds a removal as the operator does. */
    void hold(String token, String chains) {
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(ClusterNames.STATE)
                        .withNamespace(name)
                        .endMetadata()
                        .addToData(ClusterNames.HELD_REMOVAL, token)
                        .addToData(ClusterNames.HELD_CHAINS, chains)
                        .build())
                .create();
    }

    /** The token that was confirmed. */
    Optional<String> confirmed() {
        return Optional.ofNullable(client.configMaps()
                        .inNamespace(name)
                        .withName(ClusterNames.STATE)
                        .get()
                        .getMetadata()
                        .getAnnotations())
                .map(a -> a.get(ClusterNames.CONFIRM_REMOVAL));
    }

    /** The resourceVersion of a chain. */
    String chainVersion(String chain) {
        return client.resources(CgroupProgramChain.class)
                .withName(chain)
                .get()
                .getMetadata()
                .getResourceVersion();
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

    /** What stands in the node's object. */
    List<Assignment> assignments() {
        return client.resources(CgroupProgramNode.class)
                .withName(name)
                .get()
                .getSpec()
                .assignments();
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
        chains.forEach(
                c -> client.resources(CgroupProgramChain.class).withName(c).delete());
        client.resources(CgroupProgramNode.class).withName(name).delete();
        client.pods().inNamespace(name).withGracePeriod(0).delete();
        client.nodes().withName(name).delete();
        client.namespaces().withName(name).delete();
    }
}
