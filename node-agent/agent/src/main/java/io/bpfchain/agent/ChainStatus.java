package io.bpfchain.agent;

import java.time.Instant;
import java.util.List;

/**
 * What one chain is and runs now, for {@code get} and {@code describe}.
 *
 * @param createdAt when the chain was made; of one that was deleted in between, when it was made again
 * @param appliedAt when its revision was
 * @param manager {@code apply}, {@code run:<directory>} or {@code cluster:<uid>}
 * @param state {@code Running}, {@code Drifted} (the kernel differs from what was asked), {@code Unknown} (a list cannot be read, and no
 *     other differs), {@code Lost} (pins are gone), {@code NotAttached} (no cgroup matches, or rebooted)
 */
public record ChainStatus(
        String name,
        String attachType,
        String cgroup,
        int priority,
        int revision,
        Instant createdAt,
        Instant appliedAt,
        String manager,
        String state,
        List<ObjectStatus> objects,
        List<ProgramStatus> programs,
        List<HookStatus> hooks,
        List<MapStatus> maps) {
    public ChainStatus {
        objects = List.copyOf(objects);
        programs = List.copyOf(programs);
        hooks = List.copyOf(hooks);
        maps = List.copyOf(maps);
    }

    /**
     * What an object of the chain was resolved to.
     *
     * @param digest of the object's bytes
     */
    public record ObjectStatus(String name, String source, String digest, String instance) {}

    /** One program at its place. */
    public record ProgramStatus(String name, String object, String function, String version) {}

    /**
     * One hook of the chain.
     *
     * @param current whether it is known to run what it shall
     * @param runs the whole list in order, ours and foreign; unreadable where it may not be looked at
     */
    public record HookStatus(String cgroup, long cgroupId, boolean current, List<ListedEntry> runs) {
        public HookStatus {
            runs = List.copyOf(runs);
        }

        /** Whether it is known to run something else. */
        public boolean differs() {
            return !current && !unreadable();
        }

        /** Whether it cannot be told what it runs. */
        public boolean unreadable() {
            return runs.stream().anyMatch(ListedEntry.Unreadable.class::isInstance);
        }
    }

    /**
     * One map of the live instance.
     *
     * @param type bpftool's name, for example {@code lpm_trie}
     * @param entries declared entries, or -1 where contents are the program's own business
     * @param pins paths below the bpffs; the stable one first where {@code pin: true}
     */
    public record MapStatus(
            String object,
            String name,
            int id,
            String type,
            int keySize,
            int valueSize,
            int maxEntries,
            int entries,
            List<String> pins) {
        public MapStatus {
            pins = List.copyOf(pins);
        }
    }
}
