package io.bpfchain.agent.prepare;

import io.bpfchain.agent.state.BlobStore;
import io.bpfchain.kernel.object.InspectOutcome;
import io.bpfchain.kernel.object.ObjectInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What is in an object, by its digest. The helper process is asked once for each object; its answer is kept beside the stored bytes,
 * so that an apply that changes nothing starts no process. A kept answer that cannot be read is asked for again.
 */
public final class Inspections {
    private final ObjectLoader loader;
    private final BlobStore objects;
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
                ObjectInfo kept = InspectionJson.OBJECT.parse(Files.readAllBytes(file));
                known.put(digest, kept);
                return new InspectOutcome.Inspected(kept);
            }
        } catch (IOException | IllegalArgumentException e) {
            // Only a cache: what cannot be read is asked for again.
        }
        InspectOutcome outcome = loader.inspect(objects.path(digest));
        if (outcome instanceof InspectOutcome.Inspected inspected) {
            known.put(digest, inspected.object());
            objects.putInspection(digest, InspectionJson.OBJECT.bytes(inspected.object()));
        }
        return outcome;
    }
}
