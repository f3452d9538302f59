package io.bpfchain.kernel;

import io.bpfchain.planner.EntryId;
import java.util.List;

/**
 * {@code struct bpf_prog_info} of a loaded program. It does not tell the expected attach type: only the loader knows it.
 *
 * @param type {@code enum bpf_prog_type}
 * @param name at most 15 characters, possibly empty; a hint, never an identity
 * @param tag 16 hex digits over the instructions; ignores maps and read-only data, so it is no identity either
 * @param loadedAtNanos on CLOCK_BOOTTIME
 * @param mapIds maps that it uses or that were bound to it
 * @param translatedBytes instructions after verification
 * @param jitedBytes machine code; 0 where the JIT is off, or hidden from a caller without privileges
 * @param btfId 0 where it was loaded without BTF
 * @param runNanos 0 while run statistics are off
 * @param runCount 0 while run statistics are off
 * @param verifiedInstructions how many the verifier looked at (Linux 5.16; 0 before)
 */
public record ProgramInfo(
        EntryId id,
        int type,
        String name,
        String tag,
        long loadedAtNanos,
        List<Integer> mapIds,
        int translatedBytes,
        int jitedBytes,
        int btfId,
        long runNanos,
        long runCount,
        int verifiedInstructions) {
    public ProgramInfo {
        mapIds = List.copyOf(mapIds);
    }
}
