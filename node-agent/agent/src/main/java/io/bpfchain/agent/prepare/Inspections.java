package io.bpfchain.agent.prepare;

import io.bpfchain.agent.state.BlobStore;
import io.bpfchain.kernel.btf.Btf;
import io.bpfchain.kernel.btf.BtfOutcome;
import io.bpfchain.kernel.object.InspectOutcome;
import io.bpfchain.kernel.object.ObjectInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is in an object, by its digest. The helper process is asked once for each object; its answer is kept beside the stored bytes,
 * so that an apply that changes nothing starts no process, and the latest ones are remembered. A kept answer that cannot be read is asked
 * for again.
 */
public final class Inspections {
    private final ObjectLoader loader;
    private final BlobStore objects;
    private final Known known;

    /**
     * Of the objects in a store.
     *
     * @param known also by others
     */
    public Inspections(ObjectLoader loader, BlobStore objects, Known known) {
        this.loader = loader;
        this.objects = objects;
        this.known = known;
    }

    /** What was in the objects that were looked at last, for one process. A digest stands for the same bytes for ever. */
    public static final class Known {
        private static final int MOST = 16;

        /** An object with its types, as soon as somebody asked for them. */
        private record Inspected(ObjectInfo info, Optional<BtfOutcome> types) {}

        private final Map<String, Inspected> latest = new LinkedHashMap<>(MOST, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Inspected> eldest) {
                return size() > MOST;
            }
        };

        private synchronized Optional<ObjectInfo> find(String digest) {
            return Optional.ofNullable(latest.get(digest)).map(Inspected::info);
        }

        private synchronized void put(String digest, ObjectInfo info) {
            latest.put(digest, new Inspected(info, Optional.empty()));
        }

        private synchronized BtfOutcome types(String digest, ObjectInfo info) {
            Optional<BtfOutcome> parsed =
                    Optional.ofNullable(latest.get(digest)).flatMap(Inspected::types);
            if (parsed.isPresent()) {
                return parsed.get();
            }
            BtfOutcome types = Btf.parse(info.btf());
            latest.put(digest, new Inspected(info, Optional.of(types)));
            return types;
        }
    }

    /** Where the object with this digest is stored. */
    Path stored(String digest) {
        return objects.path(digest);
    }

    /** The types of an object that was inspected. */
    BtfOutcome types(String digest, ObjectInfo info) {
        return known.types(digest, info);
    }

    /** The same; none where it has no BTF, or one that cannot be read. */
    Btf btf(String digest, ObjectInfo info) {
        return info.btf().length > 0 && types(digest, info) instanceof BtfOutcome.Parsed parsed
                ? parsed.btf()
                : Btf.none();
    }

    /** What is in the stored object with this digest. */
    public InspectOutcome inspect(String digest) {
        Optional<ObjectInfo> info = known.find(digest);
        if (info.isPresent()) {
            return new InspectOutcome.Inspected(info.get());
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
