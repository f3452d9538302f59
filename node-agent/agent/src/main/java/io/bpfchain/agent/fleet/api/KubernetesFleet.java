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
import io.bpfchain.crds.CgroupProgramChain;
import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.ClusterNames;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.SourceSpec.ConfigMapSource;
import io.bpfchain.crds.revision.SourceBlob;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A cluster by its API server, with the permissions of whoever runs the command. */
public final class KubernetesFleet implements Fleet {
    private static final String MANAGER = "kubectl-bpfchain";
    private static final String PAUSE_MANAGER = "kubectl-bpfchain-pause";
    private static final int REQUEST_MILLIS = 20_000;
    private static final int CONNECT_MILLIS = 5_000;
    private static final ResourceDefinitionContext CHAINS = new ResourceDefinitionContext.Builder()
            .withGroup(CgroupProgramChain.GROUP)
            .withVersion(CgroupProgramChain.VERSION)
            .withKind("CgroupProgramChain")
            .withPlural("cgroupprogramchains")
            .withNamespaced(false)
            .build();

    private final KubernetesClient client;
    private final String namespace;

    /**
     * Of a client, which is closed with this.
     *
     * @param namespace the operator's
     */
    public KubernetesFleet(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** Finds the cluster; the API server is not asked yet. */
    public static KubernetesFleet connect(Access access) {
        Config config = new ConfigBuilder(config(access))
                .withRequestRetryBackoffLimit(1)
                .withRequestTimeout(REQUEST_MILLIS)
                .withConnectionTimeout(CONNECT_MILLIS)
                .build();
        return new KubernetesFleet(
                new KubernetesClientBuilder().withConfig(config).build(), access.namespace());
    }

    /** The client would take another cluster's context for one that is not there: what was asked for must be what was found. */
    private static Config config(Access access) {
        Config config = read(access);
        Optional<String> found = Optional.ofNullable(config.getCurrentContext()).map(NamedContext::getName);
        if (access.context().isPresent() && !found.equals(access.context())) {
            throw invalid(
                    "NoSuchContext",
                    "use the context " + access.context().get() + ": the kubeconfig has no such context",
                    contexts(config));
        }
        if (access.kubeconfig().isPresent() && found.isEmpty()) {
            throw invalid(
                    "NoContext",
                    "read the kubeconfig " + access.kubeconfig().get() + ": it names no current context that it has",
                    contexts(config));
        }
        return config;
    }

    private static String contexts(Config config) {
        String names = config.getContexts() == null
                ? ""
                : config.getContexts().stream().map(NamedContext::getName).collect(Collectors.joining(", "));
        return names.isEmpty() ? "It has none; name another --kubeconfig." : "Choose with --context: " + names + ".";
    }

    private static FleetException invalid(String reason, String message, String remedy) {
        return new FleetException(new Problem(Problem.Kind.INVALID, reason, message, message, remedy));
    }

    private static Config read(Access access) {
        String context = access.context().orElse(null);
        if (access.kubeconfig().isEmpty()) {
            return Config.autoConfigure(context);
        }
        Path file = access.kubeconfig().get();
        if (!Files.isReadable(file)) {
            throw invalid(
                    "KubeconfigUnreadable",
                    "read the kubeconfig " + file + ": no such file that may be read",
                    "Name a readable kubeconfig.");
        }
        return Config.fromKubeconfig(context, file.toFile());
    }

    private MixedOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            chainObjects() {
        return client.genericKubernetesResources(CHAINS);
    }

    @Override
    public List<FleetChain> chains() {
        return Requests.ask(
                        "list CgroupProgramChains", () -> chainObjects().list().getItems())
                .stream()
                .map(FleetObjects::chain)
                .sorted(Comparator.comparing(FleetChain::name))
                .toList();
    }

    @Override
    public Optional<FleetChain> chain(String name) {
        return Requests.find(
                        "read CgroupProgramChain " + name,
                        () -> chainObjects().withName(name).get())
                .map(FleetObjects::chain);
    }

    @Override
    public List<FleetNode> nodes() {
        return Requests.ask(
                        "list CgroupProgramNodes",
                        () -> client.resources(CgroupProgramNode.class).list().getItems())
                .stream()
                .map(FleetObjects::node)
                .sorted(Comparator.comparing(FleetNode::name))
                .toList();
    }

    @Override
    public Optional<FleetNode> node(String name) {
        return Requests.find(
                        "read CgroupProgramNode " + name,
                        () -> client.resources(CgroupProgramNode.class)
                                .withName(name)
                                .get())
                .map(FleetObjects::node);
    }

    @Override
    public List<FleetMachine> machines() {
        return Requests.ask("list Nodes", () -> client.nodes().list().getItems()).stream()
                .map(FleetObjects::machine)
                .sorted(Comparator.comparing(FleetMachine::name))
                .toList();
    }

    @Override
    public List<FleetRevision> revisions(String chain) {
        return Requests.ask(
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
        try {
            return new DryRun(applied(chain, spec, false), Optional.empty());
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                return Requests.ask("apply chain " + chain + " for trial", () -> {
                    throw e;
                });
            }
            return Requests.ask(
                    "apply chain " + chain + " for trial",
                    () -> new DryRun(
                            applied(chain, spec, true),
                            Optional.of(e.getStatus().getMessage())));
        }
    }

    private ChainSpec applied(String chain, ChainSpec spec, boolean force) {
        CgroupProgramChain object = new CgroupProgramChain();
        object.setMetadata(new ObjectMetaBuilder().withName(chain).build());
        object.setSpec(spec);
        return client.resource(object)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager(MANAGER)
                        .withForce(force)
                        .withDryRun(List.of("All"))
                        .build())
                .getSpec();
    }

    @Override
    public Written pause(FleetChain chain, boolean paused, boolean force) {
        String attempt = (paused ? "pause" : "resume") + " chain " + chain.name();
        if (paused) {
            return written(attempt, () -> pauseField(chain, Map.of("rollout", Map.of("paused", true)), force));
        }
        boolean stays = Requests.ask(attempt, () -> pauseField(chain, Map.of(), false))
                .path("rollout")
                .path("paused")
                .asBoolean();
        return stays
                ? written(attempt, () -> pauseField(chain, Map.of("rollout", Map.of("paused", false)), force))
                : new Written.Done();
    }

    /** Applies what the field's manager wants of the spec, which is all that it owns; the spec afterwards. */
    private JsonNode pauseField(FleetChain chain, Map<String, Object> spec, boolean force) {
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setApiVersion(CgroupProgramChain.GROUP + "/" + CgroupProgramChain.VERSION);
        object.setKind("CgroupProgramChain");
        object.setMetadata(new ObjectMetaBuilder()
                .withName(chain.name())
                .withUid(chain.uid())
                .build());
        if (!spec.isEmpty()) {
            object.setAdditionalProperty("spec", spec);
        }
        return FleetObjects.chain(chainObjects()
                        .resource(object)
                        .patch(new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withFieldManager(PAUSE_MANAGER)
                                .withForce(force)
                                .build()))
                .spec();
    }

    private static Written written(String attempt, Supplier<?> request) {
        return Requests.ask(attempt, () -> {
            try {
                var _ = request.get();
                return new Written.Done();
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
                return new Written.Conflict(e.getStatus().getMessage());
            }
        });
    }

    @Override
    public void replaceSpec(FleetChain chain, JsonNode spec) {
        Requests.ask(
                "write CgroupProgramChain " + chain.name(),
                () -> chainObjects()
                        .withName(chain.name())
                        .patch(
                                new PatchContext.Builder()
                                        .withPatchType(PatchType.JSON)
                                        .withFieldManager(MANAGER)
                                        .build(),
                                FleetObjects.replacement(chain, spec)));
    }

    @Override
    public Optional<String> digest(ConfigMapSource source) {
        return Requests.find(
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
        Optional<ConfigMap> kept = Requests.find(
                "read the kept bytes " + copy.digest(),
                () -> client.configMaps()
                        .inNamespace(namespace)
                        .withName(SourceBlob.name(copy.digest()))
                        .get());
        Optional<byte[]> bytes = kept.flatMap(b -> FleetObjects.keptBytes(b, SourceBlob.KEY))
                .filter(b -> Sha256.of(b).equals(copy.digest()));
        bytes.ifPresent(b -> Requests.ask(
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
        Requests.ask(
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
        return Requests.find("read ConfigMap " + namespace + "/" + ClusterNames.STATE, this::state)
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
        Requests.ask(
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
    public void support(BiConsumer<String, String> file) {
        new SupportFiles(client, namespace, file).gather();
    }

    @Override
    public void close() {
        client.close();
    }
}
