package io.bpfchain.agent.fleet.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.fleet.Access;
import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.FleetChain;
import io.bpfchain.agent.fleet.FleetException;
import io.bpfchain.agent.fleet.FleetMachine;
import io.bpfchain.agent.fleet.FleetNode;
import io.bpfchain.agent.fleet.FleetRevision;
import io.bpfchain.agent.fleet.HeldRemoval;
import io.bpfchain.agent.fleet.Rollback;
import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.ClusterNames;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.SourceSpec.ConfigMapSource;
import io.bpfchain.crds.revision.SourceBlob;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A cluster by its API server, with the permissions of whoever runs the command. */
public final class KubernetesFleet implements Fleet {
    /** Who writes what people change by hand. */
    static final String MANAGER = "kubectl-bpfchain";

    private static final int REQUEST_MILLIS = 20_000;
    private static final int CONNECT_MILLIS = 5_000;

    private final KubernetesClient client;
    private final String namespace;
    private final Requests requests;
    private final ChainObjects chains;

    /**
     * Of a client, which is closed with this.
     *
     * @param namespace the operator's
     */
    public KubernetesFleet(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
        this.requests = new Requests(ApiServer.of(client.getConfiguration()));
        this.chains = new ChainObjects(client, requests);
    }

    /**
     * Finds the cluster; the API server is not asked yet.
     *
     * @throws FleetException where the kubeconfig, or a file that it names, cannot be used
     */
    public static KubernetesFleet connect(Access access) {
        Config config = new ConfigBuilder(Kubeconfig.of(access))
                .withRequestRetryBackoffLimit(1)
                .withRequestTimeout(REQUEST_MILLIS)
                .withConnectionTimeout(CONNECT_MILLIS)
                .build();
        try {
            return new KubernetesFleet(
                    new KubernetesClientBuilder().withConfig(config).build(), access.namespace());
        } catch (KubernetesClientException e) {
            ApiServer server = ApiServer.of(config);
            throw Kubeconfig.invalid(
                    "KubeconfigUnreadable",
                    "use the certificates and keys of the kubeconfig for " + server + ": " + NoAnswer.words(e, server),
                    "Correct what the kubeconfig names, or choose another --context or --kubeconfig.");
        }
    }

    @Override
    public List<FleetChain> chains() {
        return chains.all();
    }

    @Override
    public Optional<FleetChain> chain(String name) {
        return chains.one(name);
    }

    @Override
    public List<FleetNode> nodes() {
        return requests
                .ask(
                        "list CgroupProgramNodes",
                        () -> client.resources(CgroupProgramNode.class).list().getItems())
                .stream()
                .map(FleetObjects::node)
                .sorted(Comparator.comparing(FleetNode::name))
                .toList();
    }

    @Override
    public Optional<FleetNode> node(String name) {
        return requests.find(
                        "read CgroupProgramNode " + name,
                        () -> client.resources(CgroupProgramNode.class)
                                .withName(name)
                                .get())
                .map(FleetObjects::node);
    }

    @Override
    public List<FleetMachine> machines() {
        return requests.ask("list Nodes", () -> client.nodes().list().getItems()).stream()
                .map(FleetObjects::machine)
                .sorted(Comparator.comparing(FleetMachine::name))
                .toList();
    }

    @Override
    public List<FleetRevision> revisions(String chain) {
        return requests
                .ask(
                        "list the ControllerRevisions in namespace " + namespace,
                        () -> client.apps()
                                .controllerRevisions()
                                .inNamespace(namespace)
                                .withLabel(ClusterNames.CHAIN, chain)
                                .list()
                                .getItems())
                .stream()
                .map(FleetObjects::revision)
                .sorted(Comparator.comparingLong(FleetRevision::number))
                .toList();
    }

    @Override
    public DryRun dryRun(String chain, ChainSpec spec) {
        return chains.dryRun(chain, spec);
    }

    @Override
    public Written pause(FleetChain chain, boolean paused, boolean force) {
        return chains.pause(chain, paused, force);
    }

    @Override
    public void replaceSpec(FleetChain chain, JsonNode spec) {
        chains.replaceSpec(chain, spec);
    }

    @Override
    public Optional<String> digest(ConfigMapSource source) {
        return requests.find(
                        "read " + source,
                        () -> client.configMaps()
                                .inNamespace(source.namespace())
                                .withName(source.name())
                                .get())
                .flatMap(c -> FleetObjects.bytes(c, source.key()))
                .map(Sha256::of);
    }

    @Override
    public boolean copy(Rollback.Copy copy) {
        Optional<ConfigMap> kept = requests.find(
                "read the kept bytes " + copy.digest(),
                () -> client.configMaps()
                        .inNamespace(namespace)
                        .withName(SourceBlob.name(copy.digest()))
                        .get());
        Optional<byte[]> bytes = kept.flatMap(b -> FleetObjects.keptBytes(b, SourceBlob.KEY))
                .filter(b -> Sha256.of(b).equals(copy.digest()));
        bytes.ifPresent(b -> requests.ask(
                "create " + copy.source(),
                () -> client.resource(new ConfigMapBuilder()
                                .withNewMetadata()
                                .withNamespace(copy.source().namespace())
                                .withName(copy.source().name())
                                .addToLabels(ClusterNames.SOURCE, "true")
                                .endMetadata()
                                .withImmutable(true)
                                .addToBinaryData(
                                        copy.source().key(), Base64.getEncoder().encodeToString(b))
                                .build())
                        .create()));
        return bytes.isPresent();
    }

    @Override
    public void drain(FleetNode node, boolean drain) {
        requests.ask(
                (drain ? "drain " : "undrain ") + node.name(),
                () -> client.resources(CgroupProgramNode.class)
                        .withName(node.name())
                        .patch(
                                new PatchContext.Builder()
                                        .withPatchType(PatchType.JSON_MERGE)
                                        .withFieldManager(MANAGER)
                                        .build(),
                                FleetObjects.drain(node, drain)));
    }

    @Override
    public Optional<HeldRemoval> heldRemoval() {
        return requests.find("read ConfigMap " + namespace + "/" + ClusterNames.STATE, this::state)
                .flatMap(FleetObjects::heldRemoval);
    }

    private @Nullable ConfigMap state() {
        return client.configMaps()
                .inNamespace(namespace)
                .withName(ClusterNames.STATE)
                .get();
    }

    @Override
    public void confirm(HeldRemoval removal) {
        requests.ask(
                "confirm the removal " + removal.token(),
                () -> client.configMaps()
                        .inNamespace(namespace)
                        .withName(ClusterNames.STATE)
                        .patch(
                                new PatchContext.Builder()
                                        .withPatchType(PatchType.JSON_MERGE)
                                        .withFieldManager(MANAGER)
                                        .build(),
                                FleetObjects.confirmation(removal)));
    }

    @Override
    public List<Problem> support(BiConsumer<String, String> file) {
        return new SupportFiles(client, requests, namespace, file).gather();
    }

    @Override
    public void close() {
        client.close();
    }
}
