package io.bpfchain.agent.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.SourceSpec.ConfigMapSource;
import io.bpfchain.crds.file.CanonicalJson;
import io.bpfchain.crds.revision.RevisionContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a chain is written back to a kept revision. The part of the spec that nodes act on becomes the revision's; which nodes, how it is
 * rolled out and what becomes of it stay as they are. Every source is pinned to the bytes that the revision had: a tag to its manifest, and
 * a ConfigMap that has other bytes now to a new one with the old bytes. No tag is ever looked up. Pure.
 */
public final class Rollback {
    private static final int DIGITS = 10;

    private final RevisionContent content;
    private final Function<ConfigMapSource, Optional<String>> digests;
    private final List<Copy> copies = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();

    private Rollback(RevisionContent content, Function<ConfigMapSource, Optional<String>> digests) {
        this.content = content;
        this.digests = digests;
    }

    /** A ConfigMap that is to be made of the kept bytes with a digest. */
    public record Copy(ConfigMapSource source, String digest) {}

    /** What to do, or why not. */
    public sealed interface Decision {
        /**
         * To be written.
         *
         * @param copies to be made before
         */
        record Write(JsonNode spec, List<Copy> copies) implements Decision {
            public Write {
                copies = List.copyOf(copies);
            }
        }

        /** The chain says this already. */
        record Nothing() implements Decision {}

        /** A program owns fields that would change, and would write them back. */
        record Owned(List<String> managers, List<String> fields) implements Decision {
            public Owned {
                managers = List.copyOf(managers);
                fields = List.copyOf(fields);
            }
        }

        /** The revision does not say which bytes a source had. */
        record Unpinned(List<String> sources) implements Decision {
            public Unpinned {
                sources = List.copyOf(sources);
            }
        }
    }

    /** The revision to go back to when none is named: the newest one older than the target. */
    public static Optional<FleetRevision> previous(FleetChain chain, List<FleetRevision> kept) {
        long target = chain.target().map(t -> t.number()).orElse(Long.MAX_VALUE);
        return kept.stream().filter(r -> r.number() < target).reduce((a, b) -> a.number() > b.number() ? a : b);
    }

    /**
     * Decides.
     *
     * @param digests of the bytes that a ConfigMap has now; empty where it has none
     * @param force whether fields are written that a program owns
     */
    public static Decision decide(
            FleetChain chain,
            RevisionContent content,
            Function<ConfigMapSource, Optional<String>> digests,
            boolean force) {
        Rollback rollback = new Rollback(content, digests);
        ObjectNode wanted = rollback.pinned();
        if (!rollback.missing.isEmpty()) {
            return new Decision.Unpinned(rollback.missing);
        }
        ObjectNode spec = chain.spec().deepCopy();
        spec.setAll(wanted);
        List<String> changed = changed(chain, wanted);
        if (changed.isEmpty()) {
            return new Decision.Nothing();
        }
        List<String> owners = chain.owners().stream()
                .filter(o -> !o.isPerson() && o.fields().stream().anyMatch(changed::contains))
                .map(FleetChain.Owner::manager)
                .distinct()
                .toList();
        return owners.isEmpty() || force
                ? new Decision.Write(spec, rollback.copies)
                : new Decision.Owned(owners, changed);
    }

    /** The fields of which the chain, with every default written out, says something else. */
    private static List<String> changed(FleetChain chain, ObjectNode wanted) {
        JsonNode now = chain.readSpec().<JsonNode>map(CanonicalJson::tree).orElseGet(chain::spec);
        List<String> changed = new ArrayList<>();
        wanted.properties().forEach(f -> {
            if (!f.getValue().equals(now.path(f.getKey()))) {
                changed.add(f.getKey());
            }
        });
        return changed;
    }

    private ObjectNode pinned() {
        ObjectNode tree = CanonicalJson.tree(content.spec());
        for (JsonNode object : tree.path("objects")) {
            String name = object.path("name").asText();
            pin(object.path("source"), name, Optional.empty());
            for (JsonNode map : object.path("maps")) {
                if (map.path("entriesFrom").isObject()) {
                    pin(
                            map.path("entriesFrom"),
                            name,
                            Optional.of(map.path("name").asText()));
                }
            }
        }
        return tree;
    }

    private void pin(JsonNode source, String object, Optional<String> map) {
        if (source.path("url").isObject()) {
            return; // has its digest
        }
        Optional<ResolvedSource> resolved = content.source(object, map);
        if (source.path("oci") instanceof ObjectNode oci) {
            resolved.flatMap(r -> Optional.ofNullable(r.manifest()))
                    .ifPresentOrElse(m -> oci.put("digest", m), () -> missing.add(place(object, map)));
        } else if (source.path("configMap") instanceof ObjectNode configMap) {
            resolved.map(ResolvedSource::digest)
                    .ifPresentOrElse(d -> pin(configMap, d), () -> missing.add(place(object, map)));
        }
    }

    private void pin(ObjectNode configMap, String digest) {
        ConfigMapSource source = new ConfigMapSource(
                configMap.path("namespace").asText(),
                configMap.path("name").asText(),
                configMap.path("key").asText());
        if (digests.apply(source).filter(digest::equals).isPresent()) {
            return;
        }
        ConfigMapSource copy = new ConfigMapSource(
                source.namespace(), source.name() + "-" + Sha256.hex(digest).substring(0, DIGITS), source.key());
        if (digests.apply(copy).filter(digest::equals).isEmpty()) {
            copies.add(new Copy(copy, digest));
        }
        configMap.put("name", copy.name());
    }

    private static String place(String object, Optional<String> map) {
        return "object " + object + map.map(m -> ", map " + m).orElse("");
    }
}
