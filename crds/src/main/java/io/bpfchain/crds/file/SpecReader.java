package io.bpfchain.crds.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.EntrySpec;
import io.bpfchain.crds.LabelSelector;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.ProgramSpec;
import io.bpfchain.crds.RolloutSpec;
import io.bpfchain.crds.SourceSpec;
import io.bpfchain.crds.UpdateSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns a tree that {@link SchemaCheck} accepted into a spec with every default. */
final class SpecReader {
    private SpecReader() {}

    static ChainSpec spec(Tree.Mapping spec) {
        return new ChainSpec(
                text(spec, "attachType"),
                cgroup(mapping(spec, "cgroup")),
                texts(spec, "nodeSelector"),
                integer(spec, "priority", ChainSpec.DEFAULT_PRIORITY),
                spec.mappings("objects").stream().map(SpecReader::object).toList(),
                spec.mappings("programs").stream()
                        .map(p -> new ProgramSpec(text(p, "name"), p.text("object"), p.text("function")))
                        .toList(),
                spec.get("update") instanceof Tree.Mapping update
                        ? new UpdateSpec(
                                choice(update, "onUnsafe", UpdateSpec.OnUnsafe.class, UpdateSpec.OnUnsafe.Refuse))
                        : UpdateSpec.DEFAULT,
                spec.get("rollout") instanceof Tree.Mapping rollout ? rollout(rollout) : RolloutSpec.DEFAULT,
                choice(spec, "deletionPolicy", ChainSpec.DeletionPolicy.class, ChainSpec.DeletionPolicy.Detach),
                bool(spec, "suspend"),
                integer(spec, "revisionHistoryLimit", ChainSpec.DEFAULT_HISTORY_LIMIT));
    }

    private static CgroupSpec cgroup(Tree.Mapping cgroup) {
        return new CgroupSpec(
                cgroup.text("path"),
                cgroup.get("kubepods") == null ? null : new CgroupSpec.Kubepods(),
                cgroup.get("pods") instanceof Tree.Mapping pods
                        ? new CgroupSpec.Pods(selector(pods, "namespaceSelector"), selector(pods, "podSelector"))
                        : null);
    }

    private static @Nullable LabelSelector selector(Tree.Mapping pods, String key) {
        return pods.get(key) instanceof Tree.Mapping selector
                ? new LabelSelector(
                        texts(selector, "matchLabels"),
                        selector.mappings("matchExpressions").stream()
                                .map(r -> new LabelSelector.Requirement(
                                        text(r, "key"),
                                        LabelSelector.Operator.valueOf(text(r, "operator")),
                                        r.get("values") instanceof Tree.Sequence values
                                                ? values.items().stream()
                                                        .map(v -> ((Tree.Scalar) v).text())
                                                        .toList()
                                                : List.of()))
                                .toList())
                : null;
    }

    private static RolloutSpec rollout(Tree.Mapping rollout) {
        RolloutSpec defaults = RolloutSpec.DEFAULT;
        return new RolloutSpec(
                Objects.requireNonNullElse(rollout.text("maxConcurrent"), defaults.maxConcurrent()),
                integer(rollout, "maxFailed", defaults.maxFailed()),
                Objects.requireNonNullElse(rollout.text("nodeTimeout"), defaults.nodeTimeout()),
                bool(rollout, "paused"));
    }

    static EntrySpec entry(Tree.Mapping entry) {
        return new EntrySpec(json(required(entry, "key")), json(required(entry, "value")));
    }

    private static ObjectSpec object(Tree.Mapping object) {
        Map<String, JsonNode> globals = new TreeMap<>();
        if (object.get("globals") instanceof Tree.Mapping named) {
            named.fields().forEach(f -> globals.put(f.key(), json(f.value())));
        }
        return new ObjectSpec(
                text(object, "name"),
                source(mapping(object, "source")),
                globals,
                object.mappings("maps").stream().map(SpecReader::map).toList());
    }

    private static SourceSpec source(Tree.Mapping source) {
        return new SourceSpec(
                source.get("file") instanceof Tree.Mapping file
                        ? new SourceSpec.FileSource(text(file, "path"), file.text("sha256"))
                        : null,
                source.get("url") instanceof Tree.Mapping url
                        ? new SourceSpec.UrlSource(text(url, "url"), text(url, "sha256"))
                        : null,
                configMap(source),
                oci(source));
    }

    private static SourceSpec.@Nullable ConfigMapSource configMap(Tree.Mapping source) {
        return source.get("configMap") instanceof Tree.Mapping map
                ? new SourceSpec.ConfigMapSource(text(map, "namespace"), text(map, "name"), text(map, "key"))
                : null;
    }

    private static SourceSpec.@Nullable OciSource oci(Tree.Mapping source) {
        return source.get("oci") instanceof Tree.Mapping oci
                ? new SourceSpec.OciSource(text(oci, "image"), oci.text("digest"))
                : null;
    }

    private static MapSpec map(Tree.Mapping map) {
        List<EntrySpec> entries = map.get("entries") == null
                ? null
                : map.mappings("entries").stream().map(SpecReader::entry).toList();
        return new MapSpec(
                text(map, "name"),
                map.text("onUpdate") == null ? null : MapSpec.OnUpdate.valueOf(text(map, "onUpdate")),
                map.text("sharedAs"),
                bool(map, "pin"),
                entries,
                map.get("entriesFrom") instanceof Tree.Mapping from ? entriesFrom(from) : null,
                choice(map, "onEntriesChange", MapSpec.OnEntriesChange.class, MapSpec.OnEntriesChange.InPlace),
                bool(map, "writtenByProgram"));
    }

    private static MapSpec.EntriesFrom entriesFrom(Tree.Mapping from) {
        return new MapSpec.EntriesFrom(
                from.get("file") instanceof Tree.Mapping file
                        ? new MapSpec.EntriesFrom.FileEntries(text(file, "path"), file.text("sha256"))
                        : null,
                configMap(from),
                oci(from));
    }

    /** A free-form value. */
    static JsonNode json(Tree tree) {
        return switch (tree) {
            case Tree.Mapping mapping -> {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                mapping.fields().forEach(f -> object.set(f.key(), json(f.value())));
                yield object;
            }
            case Tree.Sequence sequence -> {
                ArrayNode array =
                        JsonNodeFactory.instance.arrayNode(sequence.items().size());
                sequence.items().forEach(i -> array.add(json(i)));
                yield array;
            }
            case Tree.Refused r -> throw new IllegalStateException(r.message());
            case Tree.Scalar scalar ->
                switch (scalar.value()) {
                    case ScalarValue.Bool(boolean value) -> BooleanNode.valueOf(value);
                    case ScalarValue.Int(long value) -> LongNode.valueOf(value);
                    case ScalarValue.Fraction(double value) -> DoubleNode.valueOf(value);
                    case ScalarValue.Text(String value) -> TextNode.valueOf(value);
                    case ScalarValue.Null n -> throw new IllegalStateException("null was refused before");
                    case ScalarValue.Refused r -> throw new IllegalStateException(r.message());
                };
        };
    }

    private static int integer(Tree.Mapping mapping, String key, int otherwise) {
        return mapping.get(key) instanceof Tree.Scalar scalar ? json(scalar).intValue() : otherwise;
    }

    private static Map<String, String> texts(Tree.Mapping mapping, String key) {
        Map<String, String> texts = new TreeMap<>();
        if (mapping.get(key) instanceof Tree.Mapping named) {
            named.fields().forEach(f -> texts.put(f.key(), ((Tree.Scalar) f.value()).text()));
        }
        return texts;
    }

    private static boolean bool(Tree.Mapping mapping, String key) {
        return mapping.get(key) instanceof Tree.Scalar s && s.value().equals(new ScalarValue.Bool(true));
    }

    private static <E extends Enum<E>> E choice(Tree.Mapping mapping, String key, Class<E> type, E otherwise) {
        String name = mapping.text(key);
        return name == null ? otherwise : Enum.valueOf(type, name);
    }

    private static String text(Tree.Mapping mapping, String key) {
        return Objects.requireNonNull(mapping.text(key), key);
    }

    private static Tree.Mapping mapping(Tree.Mapping mapping, String key) {
        return (Tree.Mapping) required(mapping, key);
    }

    private static Tree required(Tree.Mapping mapping, String key) {
        @Nullable Tree value = mapping.get(key);
        return Objects.requireNonNull(value, key);
    }
}
