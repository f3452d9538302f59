package io.bpfchain.kernel;

import java.util.Optional;

/** The frozen one-entry map that carries an {@link Identity}. */
public final class IdentityMap {
    private static final byte[] ONLY_KEY = new byte[Integer.BYTES];

    private IdentityMap() {}

    /** Makes, fills and freezes the map and binds it to the program. The handle may be closed: the program keeps the map. */
    public static MapHandle bind(Fd program, Identity identity) throws BpfException {
        MapHandle map = MapHandle.create(MapInfo.ARRAY, Integer.BYTES, Identity.SIZE, 1, 0, Identity.MAP_NAME);
        try {
            map.update(ONLY_KEY, identity.encode(), 0);
            map.freeze();
            Programs.bind(program, map.fd());
            return map;
        } catch (BpfException e) {
            map.close();
            throw e;
        }
    }

    /** Reads an identity; empty where the map has not the shape of one. */
    static Optional<Identity.Decoded> read(MapHandle map) throws BpfException {
        return hasShape(map.info()) ? map.lookup(ONLY_KEY).map(Identity::decode) : Optional.empty();
    }

    private static boolean hasShape(MapInfo info) {
        return info.name().equals(Identity.MAP_NAME)
                && info.type() == MapInfo.ARRAY
                && info.maxEntries() == 1
                && info.valueSize() == Identity.SIZE;
    }

    /** The identity among the maps of a program, found by id; EPERM without CAP_SYS_ADMIN. */
    static Optional<Identity.Decoded> of(ProgramInfo program) throws BpfException {
        for (int id : program.mapIds()) {
            // Maps of others may have values of any size, and a handle makes buffers for them.
            if (!hasShape(MapHandle.infoById(id))) {
                continue;
            }
            try (MapHandle map = MapHandle.byId(id)) {
                Optional<Identity.Decoded> found = read(map);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }
}
