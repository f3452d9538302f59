package io.bpfchain.kernel.object;

import io.bpfchain.kernel.Bpffs;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One load of one object: an instance. The helper creates or reuses the maps, loads the functions, binds an identity map to each
 * and pins all of it below a directory on bpffs; on any failure nothing stays behind.
 *
 * @param object the file with the bytes, already checked by digest
 * @param pinDirectory made by the load, must not exist; on bpffs
 * @param logDirectory where a full verifier log is written
 * @param maps every map to exist; maps of the object that are not listed are not created
 */
public record LoadRequest(
        Path object, Path pinDirectory, Path logDirectory, List<FunctionLoad> functions, List<MapLoad> maps) {
    public LoadRequest {
        Objects.requireNonNull(object);
        Objects.requireNonNull(pinDirectory);
        Objects.requireNonNull(logDirectory);
        functions = List.copyOf(functions);
        maps = List.copyOf(maps);
    }

    /** The names that the pin directory holds after the load. */
    Set<String> pinNames() {
        Stream<String> ofMaps = maps.stream().map(MapLoad::pinName);
        Stream<String> ofFunctions =
                functions.stream().flatMap(f -> Stream.of(f.pinName(), Bpffs.IDENTITY + f.pinName()));
        return Stream.concat(ofMaps, ofFunctions).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * A function to load.
     *
     * @param programType forced
     * @param expectedAttachType forced
     * @param identity the bytes of its frozen one-entry identity map, bound with BPF_PROG_BIND_MAP
     * @param pinName of the program; its identity map is pinned as {@code id_} and this name
     */
    public record FunctionLoad(
            String function, int programType, int expectedAttachType, byte[] identity, String pinName) {}

    /**
     * A map to create or to reuse.
     *
     * @param pinName in the pin directory; reused maps get a pin of their own there too
     */
    public record MapLoad(String map, String pinName, How how) {}

    /** Where a map comes from. */
    public sealed interface How {
        /**
         * A new one.
         *
         * @param addFlags BPF_F_* to add to the object's own
         * @param initialValue replaces the initial bytes of a data section
         */
        record Create(int addFlags, Optional<byte[]> initialValue) implements How {}

        /** The map that is pinned at this path. */
        record Reuse(Path pin) implements How {}
    }
}
