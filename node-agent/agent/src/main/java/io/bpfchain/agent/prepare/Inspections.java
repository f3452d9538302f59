package io.bpfchain.agent.prepare;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.agent.state.BlobStore;
import io.bpfchain.kernel.object.FunctionInfo;
import io.bpfchain.kernel.object.InspectOutcome;
import io.bpfchain.kernel.object.MapDefinition;
import io.bpfchain.kernel.object.ObjectInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What is in an object, by its digest. The helper process is asked once for each object; its answer is kept beside the stored bytes,
 * so that an apply that changes nothing starts no process. A kept answer that cannot be read is asked for again.
 */
public final class Inspections {
    private final ObjectLoader loader;
    private final BlobStore objects;
    private final ObjectMapper mapper = new ObjectMapper();
    private final Map<String, ObjectInfo> known = new HashMap<>();

    public Inspections(ObjectLoader loader, BlobStore objects) {
        this.loader = loader;
        this.objects = objects;
    }

    /** Where the object with this digest is stored. */
    Path stored(String digest) {
        return objects.path(digest);
    }

    /** What is in the stored object with this digest. */
    public InspectOutcome inspect(String digest) {
        ObjectInfo info = known.get(digest);
        if (info != null) {
            return new InspectOutcome.Inspected(info);
        }
        Path file = objects.inspection(digest);
        try {
            if (Files.exists(file)) {
                ObjectInfo kept =
                        mapper.readValue(Files.readAllBytes(file), Kept.class).object();
                known.put(digest, kept);
                return new InspectOutcome.Inspected(kept);
            }
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            // Only a cache: what cannot be read is asked for again.
        }
        InspectOutcome outcome = loader.inspect(objects.path(digest));
        if (outcome instanceof InspectOutcome.Inspected inspected) {
            known.put(digest, inspected.object());
            keep(digest, inspected.object());
        }
        return outcome;
    }

    private void keep(String digest, ObjectInfo object) {
        try {
            objects.putInspection(digest, mapper.writeValueAsBytes(Kept.of(object)));
        } catch (IOException e) {
            throw new IllegalStateException("cannot be written as JSON: " + digest, e);
        }
    }

    /** The answer in the shape of its file. */
    private record Kept(
            List<Function> functions, List<MapDefinition> maps, byte[] btf, String license, List<String> notes) {
        static Kept of(ObjectInfo object) {
            return new Kept(
                    object.functions().stream().map(Function::of).toList(),
                    object.maps(),
                    object.btf(),
                    object.license(),
                    object.notes());
        }

        ObjectInfo object() {
            return new ObjectInfo(functions.stream().map(Function::info).toList(), maps, btf, license, notes);
        }
    }

    /** -1 stands for what libbpf does not derive. */
    private record Function(
            String name, String section, int programType, int expectedAttachType, int instructions, List<String> maps) {
        static Function of(FunctionInfo info) {
            return new Function(
                    info.name(),
                    info.section(),
                    info.programType().orElse(-1),
                    info.expectedAttachType().orElse(-1),
                    info.instructions(),
                    info.maps());
        }

        FunctionInfo info() {
            return new FunctionInfo(
                    name, section, optional(programType), optional(expectedAttachType), instructions, maps);
        }

        private static OptionalInt optional(int value) {
            return value < 0 ? OptionalInt.empty() : OptionalInt.of(value);
        }
    }
}
