package io.bpfchain.agent.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.crds.file.CanonicalJson;
import io.bpfchain.crds.revision.RevisionContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What differs between two contents of a chain, field by field. Lists whose elements have names (objects, maps, programs) or keys (entries)
 * are compared by these, and their order is a field of its own; bytes are compared by digest, where both sides have one. Pure.
 */
public final class ContentDiff {
    private final List<Change> changes = new ArrayList<>();

    private ContentDiff() {}

    /**
     * One field that differs.
     *
     * @param path for example {@code objects[main].globals.port}
     * @param old empty where it is new
     * @param now empty where it goes
     */
    public record Change(String path, Optional<JsonNode> old, Optional<JsonNode> now) {
        public Change {
            Objects.requireNonNull(path);
            Objects.requireNonNull(old);
            Objects.requireNonNull(now);
        }
    }

    /** In the order in which people write the fields. */
    public static List<Change> between(RevisionContent old, RevisionContent now) {
        ContentDiff diff = new ContentDiff();
        diff.compare("", tree(old, now), tree(now, old));
        return List.copyOf(diff.changes);
    }

    private static ObjectNode tree(RevisionContent content, RevisionContent other) {
        ObjectNode tree = CanonicalJson.tree(content.spec());
        for (JsonNode object : tree.path("objects")) {
            String name = object.path("name").asText();
            digest((ObjectNode) object, content, other, name, Optional.empty());
            for (JsonNode map : object.path("maps")) {
                digest(
                        (ObjectNode) map,
                        content,
                        other,
                        name,
                        Optional.of(map.path("name").asText()));
            }
        }
        return tree;
    }

    private static void digest(
            ObjectNode to, RevisionContent content, RevisionContent other, String object, Optional<String> map) {
        boolean otherKnows = other.source(object, map).isPresent()
                || other.spec().objects().stream().noneMatch(o -> o.name().equals(object));
        content.source(object, map).filter(s -> otherKnows).ifPresent(s -> to.put("bytes", s.digest()));
    }

    private void compare(String path, JsonNode old, JsonNode now) {
        if (old.equals(now)) {
            return;
        }
        if (old.isObject() && now.isObject()) {
            fields(path, old, now);
            return;
        }
        Optional<Map<String, JsonNode>> before = keyed(old);
        Optional<Map<String, JsonNode>> after = keyed(now);
        if (before.isPresent() && after.isPresent()) {
            elements(path, before.get(), after.get());
        } else {
            changes.add(new Change(path, Optional.of(old), Optional.of(now)));
        }
    }

    private void fields(String path, JsonNode old, JsonNode now) {
        Set<String> names = new LinkedHashSet<>();
        now.fieldNames().forEachRemaining(names::add);
        old.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            one(path.isEmpty() ? name : path + "." + name, old.path(name), now.path(name));
        }
    }

    private void elements(String path, Map<String, JsonNode> old, Map<String, JsonNode> now) {
        Set<String> keys = new LinkedHashSet<>(now.keySet());
        keys.addAll(old.keySet());
        for (String key : keys) {
            one(
                    path + "[" + key + "]",
                    old.getOrDefault(key, JsonNodeFactory.instance.missingNode()),
                    now.getOrDefault(key, JsonNodeFactory.instance.missingNode()));
        }
        List<String> before = old.keySet().stream().filter(now::containsKey).toList();
        List<String> after = now.keySet().stream().filter(old::containsKey).toList();
        if (!before.equals(after)) {
            changes.add(new Change(path + " order", Optional.of(list(before)), Optional.of(list(after))));
        }
    }

    private void one(String path, JsonNode old, JsonNode now) {
        if (old.isMissingNode() || now.isMissingNode()) {
            changes.add(new Change(
                    path,
                    Optional.of(old).filter(n -> !n.isMissingNode()),
                    Optional.of(now).filter(n -> !n.isMissingNode())));
        } else {
            compare(path, old, now);
        }
    }

    /** By name or key, in order; empty where it is no list of such elements. */
    private static Optional<Map<String, JsonNode>> keyed(JsonNode list) {
        Map<String, JsonNode> keyed = new LinkedHashMap<>();
        for (JsonNode element : list) {
            JsonNode key = element.path("name").isMissingNode() ? element.path("key") : element.path("name");
            if (!list.isArray() || key.isMissingNode()) {
                return Optional.empty();
            }
            keyed.put(key.isValueNode() ? key.asText() : key.toString(), element);
        }
        return list.isArray() && keyed.size() == list.size() ? Optional.of(keyed) : Optional.empty();
    }

    private static ArrayNode list(List<String> words) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        words.forEach(list::add);
        return list;
    }
}
