package io.bpfchain.agent.cluster.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.agent.cluster.ClusterApi;
import io.bpfchain.agent.cluster.Pods;
import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.revision.SourceBlob;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API server as one agent uses it. Watches are those of the node's own object and, where asked, of the node's own pods; the only thing
 * that is ever written is the status of the node's object.
 */
public final class KubernetesApi implements ClusterApi {
    private static final Logger LOG = LoggerFactory.getLogger("bpfchain.agent");
    private static final int REQUEST_MILLIS = 5_000;
    private static final int CONNECT_MILLIS = 3_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("bpfchain-agent")
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final String node;
    private final String namespace;
    private final List<Renewable> watches = new ArrayList<>();
    private final AtomicBoolean rechecking = new AtomicBoolean();
    private boolean closed;

    /**
     * For one node.
     *
     * @param client closed with this
     * @param namespace the operator's
     */
    public KubernetesApi(KubernetesClient client, String node, String namespace) {
        this.client = client;
        this.node = node;
        this.namespace = namespace;
    }

    /**
     * As the environment says: the ServiceAccount of the pod, or {@code KUBECONFIG}. A request is tried once more at most: whoever asks
     * tries again anyway, and has more to do meanwhile.
     */
    public static KubernetesApi connect(String node, String namespace) {
        Config config = new ConfigBuilder(Config.autoConfigure(null))
                .withRequestRetryBackoffLimit(1)
                .withRequestTimeout(REQUEST_MILLIS)
                .withConnectionTimeout(CONNECT_MILLIS)
                .build();
        return new KubernetesApi(
                new KubernetesClientBuilder().withConfig(config).build(), node, namespace);
    }

    @Override
    public Fetched<Identity> identity() {
        return identity(nodeOfToken());
    }

    @Override
    public Fetched<Identity> identityOfNode() {
        return identity(nodeUid());
    }

    private Fetched<Identity> identity(Fetched<String> own) {
        Fetched<String> cluster = fetch(
                () -> client.namespaces().withName("kube-system").get(),
                n -> n.getMetadata().getUid());
        return switch (cluster) {
            case Fetched.Missing<String> _ -> new Fetched.Unavailable<>("there is no namespace kube-system");
            case Fetched.Unavailable<String>(String why) ->
                new Fetched.Unavailable<>("read namespace kube-system: " + why);
            case Fetched.Found<String>(String clusterUid) ->
                switch (own) {
                    case Fetched.Missing<String> _ -> new Fetched.Missing<>();
                    case Fetched.Unavailable<String>(String why) ->
                        new Fetched.Unavailable<>("read Node " + node + ": " + why);
                    case Fetched.Found<String>(String uid) -> new Fetched.Found<>(new Identity(clusterUid, uid));
                };
        };
    }

    /** What the token of a DaemonSet's pod says of the node that it runs on; for others the Node itself. */
    private Fetched<String> nodeOfToken() {
        Optional<String> fromToken = NodeOfToken.read(client, node);
        return fromToken.<Fetched<String>>map(Fetched.Found::new).orElseGet(this::nodeUid);
    }

    private Fetched<String> nodeUid() {
        return fetch(
                () -> client.nodes().withName(node).get(), n -> n.getMetadata().getUid());
    }

    @Override
    public Fetched<JsonNode> revision(String name) {
        return fetch(
                () -> client.apps()
                        .controllerRevisions()
                        .inNamespace(namespace)
                        .withName(name)
                        .get(),
                r -> JSON.valueToTree(r.getData()));
    }

    @Override
    public Fetched<byte[]> blob(String name) {
        return fetch(
                () -> client.configMaps().inNamespace(namespace).withName(name).get(),
                c -> Base64.getDecoder()
                        .decode(Objects.requireNonNullElse(c.getBinaryData(), Map.<String, String>of())
                                .getOrDefault(SourceBlob.KEY, "")));
    }

    private interface Value<T, V> {
        V of(T object);
    }

    private static <T, V> Fetched<V> fetch(Supplier<@Nullable T> request, Value<T, V> value) {
        try {
            T object = request.get();
            return object == null ? new Fetched.Missing<>() : new Fetched.Found<>(value.of(object));
        } catch (KubernetesClientException e) {
            return new Fetched.Unavailable<>(text(e));
        }
    }

    @Override
    public Written report(String objectUid, CgroupProgramNodeStatus status) {
        CgroupProgramNode answer = new CgroupProgramNode();
        answer.setMetadata(
                new ObjectMetaBuilder().withName(node).withUid(objectUid).build());
        answer.setStatus(status);
        try {
            client.resource(answer).subresource("status").patch(APPLY);
            return new Written.Done();
        } catch (KubernetesClientException e) {
            return new Written.Failed("report to CgroupProgramNode " + node + ": " + text(e));
        }
    }

    @Override
    public void watchNode(NodeWatch watch) {
        begin("cgroupprogramnodes", () -> {
            SharedIndexInformer<CgroupProgramNode> informer =
                    client.resources(CgroupProgramNode.class).withName(node).runnableInformer(0);
            informer.addEventHandler(new Watching<>(
                    o -> watch.seen(new NodeObject(
                            o.getMetadata().getUid(), o.getMetadata().getGeneration(), o.getSpec())),
                    o -> watch.gone()));
            informer.exceptionHandler((started, e) -> {
                watch.unavailable(text(e));
                return true;
            });
            return started(informer, watch::listed);
        });
    }

    @Override
    public void watchPods(Pods pods) {
        begin("pods", () -> {
            SharedIndexInformer<Pod> informer = client.pods()
                    .inAnyNamespace()
                    .withField("spec.nodeName", node)
                    .runnableInformer(0);
            informer.itemStore(new Slim<>(Pod::new));
            informer.addEventHandler(new Watching<>(
                    p -> pods.put(pod(p.getMetadata())),
                    p -> pods.gone(pod(p.getMetadata()).uid())));
            informer.exceptionHandler((started, e) -> true);
            return started(informer, pods::podsListed);
        });
    }

    /** The kubelet names the cgroup of a static pod after the pod's own uid, and its mirror in the cluster says that by an annotation. */
    private static Pods.Pod pod(ObjectMeta metadata) {
        String mirrored = annotation(metadata, "kubernetes.io/config.mirror");
        return new Pods.Pod(
                mirrored.isEmpty() ? metadata.getUid() : mirrored, metadata.getNamespace(), labels(metadata));
    }

    private static String annotation(ObjectMeta metadata, String name) {
        return Objects.requireNonNullElse(metadata.getAnnotations(), Map.<String, String>of())
                .getOrDefault(name, "");
    }

    private static Map<String, String> labels(HasMetadata object) {
        return labels(object.getMetadata());
    }

    private static Map<String, String> labels(ObjectMeta metadata) {
        return Objects.requireNonNullElse(metadata.getLabels(), Map.of());
    }

    @Override
    public void watchNamespaces(Pods pods) {
        begin("namespaces", () -> {
            SharedIndexInformer<Namespace> informer = client.namespaces().runnableInformer(0);
            informer.itemStore(new Slim<>(Namespace::new));
            informer.addEventHandler(
                    new Watching<>(n -> pods.namespace(n.getMetadata().getName(), labels(n)), n -> {}));
            informer.exceptionHandler((started, e) -> true);
            return started(informer, pods::namespacesListed);
        });
    }

    private static SharedIndexInformer<?> started(SharedIndexInformer<?> informer, Runnable listed) {
        informer.start().thenRun(listed);
        return informer;
    }

    private void begin(String resource, Supplier<SharedIndexInformer<?>> watch) {
        synchronized (watches) {
            watches.add(new Renewable(resource, watch));
        }
    }

    @Override
    public Set<String> unheard() {
        synchronized (watches) {
            return watches.stream()
                    .filter(w -> !w.isHeard())
                    .map(Renewable::resource)
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    @Override
    public void recheck() {
        if (!rechecking.getAndSet(true)) {
            Thread.ofPlatform().daemon().name("recheck").start(() -> {
                try {
                    renewWhatIsSetBack();
                } catch (KubernetesClientException e) {
                    LOG.atDebug().setCause(e).log("the API server does not say at which version it is");
                } finally {
                    rechecking.set(false);
                }
            });
        }
    }

    /** All watches are of one API server, and the first is that of the node's object. What they were told is asked before the server is. */
    private void renewWhatIsSetBack() {
        List<Renewable> all;
        synchronized (watches) {
            all = List.copyOf(watches);
        }
        String told = all.getFirst().version();
        String now = client.resources(CgroupProgramNode.class)
                .withField("metadata.name", node)
                .list()
                .getMetadata()
                .getResourceVersion();
        synchronized (watches) {
            if (!closed && Renewable.isSetBack(now, told)) {
                LOG.atWarn()
                        .addKeyValue("told", told)
                        .addKeyValue("now", now)
                        .log(
                                "the API server was set back to an earlier state; watches begin anew, and what runs stays");
                all.forEach(Renewable::renew);
            }
        }
    }

    private static String text(Throwable e) {
        boolean refused = e instanceof KubernetesClientException k && k.getCode() == HttpURLConnection.HTTP_FORBIDDEN;
        Throwable cause = e;
        while (cause.getCause() != null && !refused) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    @Override
    public void close() {
        synchronized (watches) {
            closed = true;
            watches.forEach(Renewable::close);
        }
        client.close();
    }
}
