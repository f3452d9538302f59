package io.bpfchain.agent.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.agent.state.Digests;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.file.CanonicalJson;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Version;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Computes versions. Two programs with equal versions behave alike, so nothing is loaded or replaced for them; whatever could make a
 * difference is therefore part of the digest. Contents that are changed in place are not.
 */
final class Versions {
    private static final String FORMAT = "bpfchain version 1";

    private Versions() {}

    /**
     * The version of an object as it is loaded.
     *
     * @param digest of the object's bytes
     * @param swapped digests of the contents that are swapped in with the program, by map
     */
    static String ofObject(String digest, ObjectSpec spec, AttachType attachType, Map<String, String> swapped) {
        List<String> lines = new ArrayList<>(List.of(FORMAT, digest, attachType.bpftoolName()));
        for (Map.Entry<String, JsonNode> global : new TreeMap<>(spec.globals()).entrySet()) {
            lines.add("global " + global.getKey() + " " + CanonicalJson.write(global.getValue()));
        }
        spec.maps().stream()
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .map(m -> choices(m, swapped))
                .forEach(lines::add);
        return digest(lines);
    }

    /** The version of one program of an object. */
    static Version ofProgram(String objectVersion, String function) {
        return new Version(digest(List.of(FORMAT, objectVersion, function)));
    }

    private static String choices(MapSpec map, Map<String, String> swapped) {
        boolean declared = map.entries() != null || map.entriesFrom() != null;
        return "map " + map.name()
                + " "
                + (map.onUpdate() == MapSpec.OnUpdate.Fresh ? "Fresh" : "Keep") // chosen or not: the same when loaded
                + " shared=" + (map.sharedAs() == null ? "" : map.sharedAs())
                + " " + (declared ? map.writtenByProgram() ? "keys" : "contents" : "free")
                + " swapped=" + swapped.getOrDefault(map.name(), "");
    }

    private static String digest(List<String> lines) {
        return Digests.of(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }
}
