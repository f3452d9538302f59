package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Place;
import io.bpfchain.agent.state.Digests;
import io.bpfchain.agent.state.StoredRevision;
import io.bpfchain.agent.state.StoredRevision.StoredObject;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.file.CanonicalJson;
import io.bpfchain.crds.file.Places;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A chain with everything that it refers to resolved to digests of stored bytes. From here on nothing depends on the user's files.
 *
 * @param cause why it is applied, for the history
 * @param places where its fields are written
 */
public record Snapshot(
        String chain, ChainSpec spec, List<StoredObject> objects, String cause, String manager, Places places) {
    public Snapshot {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(spec);
        objects = List.copyOf(objects);
        Objects.requireNonNull(cause);
        Objects.requireNonNull(manager);
        Objects.requireNonNull(places);
    }

    /** An earlier revision to be applied again. */
    public static Snapshot of(StoredRevision revision, String cause, String manager) {
        return new Snapshot(
                revision.chain(),
                revision.spec(),
                revision.objects(),
                cause,
                manager,
                Places.none("<revision " + revision.number() + ">"));
    }

    /** A field of the chain, for messages. */
    public Place at(String field) {
        return Place.of(places, chain, field);
    }

    /** The path of an object. */
    String fieldOf(String object) {
        return indexed(
                "spec.objects", spec.objects().stream().map(ObjectSpec::name).toList(), object);
    }

    /** The path of what the chain says about a map; of the map's object where it says nothing. */
    public String fieldOf(String object, String map) {
        List<String> maps = spec.objects().stream()
                .filter(o -> o.name().equals(object))
                .flatMap(o -> o.maps().stream())
                .map(MapSpec::name)
                .toList();
        return maps.contains(map) ? indexed(fieldOf(object) + ".maps", maps, map) : fieldOf(object);
    }

    private static String indexed(String list, List<String> names, String name) {
        return list + "[" + names.indexOf(name) + "]";
    }

    /** Equal for equal content, whatever the chain file was called and whenever it was applied. */
    public String digest() {
        StringBuilder text = new StringBuilder(CanonicalJson.write(spec));
        for (StoredObject object : objects) {
            text.append('\n').append(object.name()).append(' ').append(object.digest());
            new TreeMap<>(object.entries())
                    .forEach((map, entries) ->
                            text.append('\n').append(map).append(' ').append(entries));
        }
        return Digests.of(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The digests that belong to an object of the specification. */
    StoredObject object(String name) {
        return objects.stream()
                .filter(o -> o.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("chain " + chain + " has no object " + name));
    }
}
