package io.bpfchain.operator.revision;

import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.ClusterNames;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.MapSpec.EntriesFrom;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.SourceSpec;
import io.bpfchain.crds.SourceSpec.ConfigMapSource;
import io.bpfchain.crds.SourceSpec.OciSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the sources of a chain to digests. What is known of the same content stays as it is where its source cannot be read any
 * more: a ConfigMap that is deleted in mid-rollout changes nothing. A tag is looked up once for each change of the chain.
 */
public final class Sources {
    /** Where the bytes of labelled ConfigMaps are. */
    public interface ConfigMaps {
        /** The bytes of a key; empty where there is no such labelled ConfigMap, or no such key in it. */
        Optional<byte[]> bytes(ConfigMapSource source);
    }

    /** Where the bytes of artifacts are. */
    public interface Artifacts {
        /** What came back. */
        sealed interface Answer {
            /**
             * The one file of an artifact.
             *
             * @param manifest the digest of its manifest
             */
            record Found(String manifest, byte[] bytes) implements Answer {}

            /** There is none, or it cannot be had now; the message says what was attempted and what came back. */
            record Missing(String message) implements Answer {}

            /** As many others are being fetched as may be at a time. */
            record Busy() implements Answer {}
        }

        /** Fetches what a digest names, or, where there is none, what the tag names now. */
        Answer fetch(OciSource source);
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

        /**
         * A source was never read.
         *
         * @param unwatched whether one of them is where nobody tells when it comes, so that it is to be looked for again
         */
        record Unavailable(String message, boolean unwatched) implements Resolution {}

        /** A source cannot be asked for at the moment, and that says nothing about it. */
        record Busy() implements Resolution {}
    }

    private final ConfigMaps configMaps;
    private final Artifacts artifacts;
    private final Predicate<String> kept;
    private final List<ResolvedSource> known;
    private final List<ResolvedSource> resolved = new ArrayList<>();
    private final Map<String, byte[]> bytes = new TreeMap<>();
    private final List<String> lost = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private boolean unwatched;
    private boolean busy;

    private Sources(ConfigMaps configMaps, Artifacts artifacts, Predicate<String> kept, List<ResolvedSource> known) {
        this.configMaps = configMaps;
        this.artifacts = artifacts;
        this.kept = kept;
        this.known = known;
    }

    /**
     * Resolves.
     *
     * @param spec one that {@link SpecCheck} accepted
     * @param kept whether the bytes with a digest are kept already
     * @param known what the sources of the same content were resolved to before: a tag among them is not looked up again
     */
    public static Resolution resolve(
            ChainSpec spec,
            ConfigMaps configMaps,
            Artifacts artifacts,
            Predicate<String> kept,
            List<ResolvedSource> known) {
        Sources sources = new Sources(configMaps, artifacts, kept, known);
        for (ObjectSpec object : spec.objects()) {
            SourceSpec source = object.source();
            if (source.url() != null) {
                sources.resolved.add(new ResolvedSource(
                        object.name(), null, "sha256:" + source.url().sha256(), null));
            } else {
                sources.read(object.name(), null, source.configMap(), source.oci());
            }
            for (MapSpec map : object.maps()) {
                EntriesFrom from = map.entriesFrom();
                if (from != null) {
                    sources.read(object.name(), map.name(), from.configMap(), from.oci());
                }
            }
        }
        if (sources.busy) {
            return new Resolution.Busy();
        }
        return sources.missing.isEmpty()
                ? new Resolution.Resolved(
                        List.copyOf(sources.resolved), Map.copyOf(sources.bytes), List.copyOf(sources.lost))
                : new Resolution.Unavailable(
                        String.join("; ", sources.missing)
                                + ". The chain goes on when it is there; what nodes run they run on.",
                        sources.unwatched);
    }

    private void read(
            String object, @Nullable String map, @Nullable ConfigMapSource configMap, @Nullable OciSource oci) {
        if (configMap != null) {
            read(object, map, configMap);
        } else {
            read(object, map, Objects.requireNonNull(oci, "a source that SpecCheck accepted"));
        }
    }

    private void read(String object, @Nullable String map, ConfigMapSource source) {
        Optional<byte[]> read = configMaps.bytes(source);
        if (read.isPresent()) {
            String digest = Sha256.of(read.get());
            bytes.put(digest, read.get());
            resolved.add(new ResolvedSource(object, map, digest, null));
            return;
        }
        String place = "There is no " + source + " that is labelled " + ClusterNames.SOURCE + ": \"true\"";
        known(object, map)
                .ifPresentOrElse(
                        k -> {
                            resolved.add(k);
                            lost.add(place);
                        },
                        () -> missing.add(place));
    }

    private void read(String object, @Nullable String map, OciSource source) {
        Optional<ResolvedSource> before = known(object, map).filter(k -> k.manifest() != null);
        if (before.isPresent() && kept.test(before.get().digest())) {
            resolved.add(before.get());
            return;
        }
        OciSource wanted =
                before.map(k -> new OciSource(source.image(), k.manifest())).orElse(source);
        switch (artifacts.fetch(wanted)) {
            case Artifacts.Answer.Found(String manifest, byte[] read) -> {
                String digest = Sha256.of(read);
                bytes.put(digest, read);
                resolved.add(new ResolvedSource(object, map, digest, manifest));
            }
            case Artifacts.Answer.Busy _ -> busy = true;
            case Artifacts.Answer.Missing(String message) -> {
                if (before.isPresent()) {
                    resolved.add(before.get());
                    lost.add(message);
                } else {
                    missing.add(message);
                    unwatched = true;
                }
            }
        }
    }

    private Optional<ResolvedSource> known(String object, @Nullable String map) {
        return known.stream()
                .filter(k -> k.object().equals(object) && Objects.equals(k.map(), map))
                .findFirst();
    }
}
