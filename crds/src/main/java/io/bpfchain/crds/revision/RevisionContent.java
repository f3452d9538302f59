package io.bpfchain.crds.revision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.file.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An immutable snapshot of a chain: what a node acts on, with every source resolved to a digest. Its own digest is that of its
 * canonical JSON, so it does not matter how the text was indented or ordered on its way through an API server.
 *
 * @param spec only the content of it ({@link ChainSpec#content})
 * @param sources one for each object, and one for each map with {@code entriesFrom}
 */
public record RevisionContent(String chain, ChainSpec spec, List<ResolvedSource> sources) {
    private static final String CHAIN = "chain";
    private static final String SPEC = "spec";
    private static final String SOURCES = "sources";
    private static final int DIGITS_IN_NAME = 10;

    public RevisionContent {
        Objects.requireNonNull(chain);
        spec = spec.content();
        sources = List.copyOf(sources);
    }

    /** The name of the ControllerRevision that holds a content with this digest. */
    public static String name(String chain, String digest) {
        return chain + "-" + Sha256.hex(digest).substring(0, DIGITS_IN_NAME);
    }

    public String name() {
        return name(chain, digest());
    }

    /** {@code sha256:} and 64 hex digits. */
    public String digest() {
        return Sha256.of(json().getBytes(StandardCharsets.UTF_8));
    }

    /** Canonical JSON. */
    public String json() {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        out.put(CHAIN, chain);
        out.set(SPEC, CanonicalJson.tree(spec));
        ArrayNode list = out.putArray(SOURCES);
        for (ResolvedSource source : sources) {
            ObjectNode one = list.addObject().put("object", source.object()).put("digest", source.digest());
            put(one, "map", source.map());
            put(one, "manifest", source.manifest());
        }
        return CanonicalJson.write(out);
    }

    private static void put(ObjectNode out, String field, @Nullable String value) {
        if (value != null) {
            out.put(field, value);
        }
    }

    /**
     * Reads what {@link #json} wrote, wherever it went in between.
     *
     * @throws IllegalArgumentException where it is no such content; the message says why
     */
    public static RevisionContent read(JsonNode json) {
        if (!json.path(CHAIN).isTextual()
                || !json.path(SPEC).isObject()
                || !json.path(SOURCES).isArray()) {
            throw new IllegalArgumentException("not the content of a revision: it has no chain, spec and sources");
        }
        List<ResolvedSource> sources = new ArrayList<>();
        for (JsonNode source : json.get(SOURCES)) {
            sources.add(new ResolvedSource(
                    required(source, "object"),
                    text(source, "map").orElse(null),
                    required(source, "digest"),
                    text(source, "manifest").orElse(null)));
        }
        return new RevisionContent(json.get(CHAIN).textValue(), CanonicalJson.read(json.get(SPEC)), sources);
    }

    private static String required(JsonNode source, String field) {
        return text(source, field)
                .orElseThrow(
                        () -> new IllegalArgumentException("not the content of a revision: a source has no " + field));
    }

    private static Optional<String> text(JsonNode source, String field) {
        return Optional.ofNullable(source.path(field).textValue());
    }

    /** What an object, or the entries of one of its maps, were resolved to. */
    public Optional<ResolvedSource> source(String object, Optional<String> map) {
        return sources.stream()
                .filter(s -> s.object().equals(object)
                        && Optional.ofNullable(s.map()).equals(map))
                .findFirst();
    }
}
