package io.bpfchain.kernel;

import io.bpfchain.planner.EntryId;
import java.nio.file.Path;
import java.util.List;

/**
 * What one load left on bpffs.
 *
 * @param instance its id
 * @param directory {@code <bpffs>/bpfchain/<instance>}
 */
public record PinnedInstance(String instance, Path directory, List<PinnedProgram> programs, List<PinnedMap> maps) {
    public PinnedInstance {
        programs = List.copyOf(programs);
        maps = List.copyOf(maps);
    }

    /**
     * A program with its identity.
     *
     * @param pinName the file in the directory
     */
    public record PinnedProgram(String pinName, EntryId id, Identity identity) {}

    /**
     * A map; identity maps are not listed.
     *
     * @param mapName as in the source
     * @param id the kernel's
     * @param pin the file
     */
    public record PinnedMap(String mapName, int id, Path pin) {}
}
