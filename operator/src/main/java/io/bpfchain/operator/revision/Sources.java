package io.bpfchain.operator.revision;

import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.MapSpec.EntriesFrom;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.SourceSpec.ConfigMapSource;
import io.bpfchain.crds.SourceSpec.UrlSource;
import io.bpfchain.operator.cluster.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the sources of a chain to digests. What is known of the same content stays as it is where its source cannot be read any
 * more: a ConfigMap that is deleted in mid-rollout changes nothing.
 */
public final class Sources {
    /** Where the bytes of labelled ConfigMaps are. */
    public interface ConfigMaps {
        /** The bytes of a key; empty where there is no such labelled ConfigMap, or no such key in it. */
        Optional<byte[]> bytes(ConfigMapSource source);
    }

    /** Digests, or why there are none. */
    public sealed interface Resolution {
        /**
         * All sources are resolved.
         *
         * @param bytes of those that were read, by digest
         * @param lost what could not be read and stays as it is known, as places
         */
        record Resolved(List<ResolvedSource> sources, Map<String, byte[]> bytes, List<String> lost)
                implements Resolution {}

        record Unavailable(String message) implements Resolution {}
    }

    private final ConfigMaps configMaps;
    private final List<ResolvedSource> known;
    private final List<ResolvedSource> resolved = new ArrayList<>();
    private final Map<String, byte[]> bytes = new TreeMap<>();
    private final List<String> lost = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();

    private Sources(ConfigMaps configMaps, List<ResolvedSource> known) {
        this.configMaps = configMaps;
        this.known = known;
    }

    /**
     * Resolves.
     *
     * @param spec one that {@link SpecCheck} accepted
     * @param known what the sources of the same content were resolved to before
     */
    public static Resolution resolve(ChainSpec spec, ConfigMaps configMaps, List<ResolvedSource> known) {
        Sources sources = new Sources(configMaps, known);
        for (ObjectSpec object : spec.objects()) {
            UrlSource url = object.source().url();
            if (url != null) {
                sources.resolved.add(new ResolvedSource(object.name(), null, "sha256:" + url.sha256(), null));
            } else {
                sources.read(
                        object.name(),
                        null,
                        Objects.requireNonNull(object.source().configMap()));
            }
            for (MapSpec map : object.maps()) {
                EntriesFrom from = map.entriesFrom();
                if (from != null) {
                    sources.read(object.name(), map.name(), Objects.requireNonNull(from.configMap()));
                }
            }
        }
        return sources.missing.isEmpty()
                ? new Resolution.Resolved(
                        List.copyOf(sources.resolved), Map.copyOf(sources.bytes), List.copyOf(sources.lost))
                : new Resolution.Unavailable(String.join("; ", sources.missing)
                        + ". The chain goes on when it is there; what nodes run they run on.");
    }

    private void read(String object, @Nullable String map, ConfigMapSource source) {
        Optional<byte[]> read = configMaps.bytes(source);
        if (read.isPresent()) {
            String digest = Sha256.of(read.get());
            bytes.put(digest, read.get());
            resolved.add(new ResolvedSource(object, map, digest, null));
            return;
        }
        String place = "There is no " + source + " that is labelled " + Names.SOURCE + ": \"true\"";
        known.stream()
                .filter(k -> k.object().equals(object) && Objects.equals(k.map(), map))
                .findFirst()
                .ifPresentOrElse(
                        k -> {
                            resolved.add(k);
                            lost.add(place);
                        },
                        () -> missing.add(place));
    }
}
