package io.bpfchain.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.crds.ClusterNames;
import io.bpfchain.crds.SourceSpec.ConfigMapSource;
import io.bpfchain.operator.cluster.Caches;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.revision.Sources;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The labelled ConfigMaps of all namespaces, watched; a change is told to the chains that name the ConfigMap. */
final class ConfigMapSources implements Sources.ConfigMaps {
    private final Caches caches;
    private final AtomicReference<@Nullable Cache<ConfigMap>> watched = new AtomicReference<>();

    ConfigMapSources(Caches caches) {
        this.caches = caches;
    }

    EventSource<?, ChainObject> eventSource(EventSourceContext<ChainObject> context) {
        InformerEventSource<ConfigMap, ChainObject> source = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(ConfigMap.class, ChainObject.class)
                        .withName("sources")
                        .withWatchAllNamespaces()
                        .withLabelSelector(ClusterNames.SOURCE + "=true")
                        .withSecondaryToPrimaryMapper(this::chains)
                        .build(),
                context);
        watched.set(source);
        return source;
    }

    @Override
    public Optional<byte[]> bytes(ConfigMapSource source) {
        return Optional.ofNullable(watched.get())
                .flatMap(c -> c.get(new ResourceID(source.name(), source.namespace())))
                .flatMap(c -> bytes(c, source.key()));
    }

    private static Optional<byte[]> bytes(ConfigMap configMap, String key) {
        return Optional.ofNullable(configMap.getBinaryData())
                .map(d -> d.get(key))
                .map(text -> Base64.getDecoder().decode(text))
                .or(() -> Optional.ofNullable(configMap.getData())
                        .map(d -> d.get(key))
                        .map(text -> text.getBytes(StandardCharsets.UTF_8)));
    }

    private Set<ResourceID> chains(ConfigMap configMap) {
        return caches.chains().stream()
                .filter(c -> c.getSpec() != null && names(c.getSpec(), configMap))
                .map(ResourceID::fromResource)
                .collect(Collectors.toSet());
    }

    private static boolean names(JsonNode spec, ConfigMap configMap) {
        return spec.findValues("configMap").stream()
                .anyMatch(s ->
                        s.path("name").asText().equals(configMap.getMetadata().getName())
                                && s.path("namespace")
                                        .asText()
                                        .equals(configMap.getMetadata().getNamespace()));
    }
}
