package io.bpfchain.kernel;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Kernel.ReadBack;
import io.bpfchain.planner.ListMode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * PROG_ATTACH, PROG_DETACH and PROG_QUERY on the list of one cgroup and attach type ({@code kernel/bpf/cgroup.c}). Every attach is
 * BPF_F_ALLOW_MULTI; BPF_F_PREORDER does not exist here. Not safe for several threads: queries share one buffer.
 */
final class Lists {
    static final int ALLOW_OVERRIDE = 1;
    static final int ALLOW_MULTI = 1 << 1;
    static final int REPLACE = 1 << 2;
    static final int BEFORE = 1 << 3;
    static final int AFTER = 1 << 4;
    static final int ID = 1 << 5;

    /** A local list holds 64 at most; effective ones add up over the levels, and the buffer grows for them. */
    private static final int USUAL_IDS = 64;

    private ByteBuffer buffer = allocate(USUAL_IDS);

    private static ByteBuffer allocate(int ids) {
        return Native.buffer(Native.QUERY_IDS + ids * Integer.BYTES);
    }

    /** Appends, or with BEFORE|ID or AFTER|ID puts next to the anchor. Returns 0 or -errno. */
    int attach(int cgroupFd, AttachType type, int programFd, int positionFlags, int anchorId, long revision) {
        return Native.progAttach(cgroupFd, type.code(), programFd, ALLOW_MULTI | positionFlags, 0, anchorId, revision);
    }

    /** Returns 0 or -errno. */
    int replace(int cgroupFd, AttachType type, int oldFd, int byFd, long revision) {
        return Native.progAttach(cgroupFd, type.code(), byFd, ALLOW_MULTI | REPLACE, oldFd, 0, revision);
    }

    /** Returns 0 or -errno. Only for lists in MULTI mode: in the others the kernel ignores which program was named. */
    int detach(int cgroupFd, AttachType type, int programFd, long revision) {
        return Native.progDetach(cgroupFd, type.code(), programFd, revision);
    }

    /** Reads a list into the buffer, which {@link #seen}, {@link #mode} and the like then tell of. Returns 0 or -errno. */
    int query(int cgroupFd, AttachType type, int queryFlags) {
        int result = Native.progQuery(cgroupFd, type.code(), queryFlags, buffer);
        while (result == -Errno.ENOSPC && count() > capacity()) {
            buffer = allocate(count() + USUAL_IDS);
            result = Native.progQuery(cgroupFd, type.code(), queryFlags, buffer);
        }
        return result;
    }

    private int capacity() {
        return (buffer.capacity() - Native.QUERY_IDS) / Integer.BYTES;
    }

    int count() {
        return buffer.getInt(Native.QUERY_COUNT);
    }

    ListMode mode() {
        return mode(buffer.getInt(Native.QUERY_FLAGS));
    }

    static ListMode mode(int flags) {
        if ((flags & ALLOW_MULTI) != 0) {
            return ListMode.MULTI;
        }
        return (flags & ALLOW_OVERRIDE) != 0 ? ListMode.OVERRIDE : ListMode.NONE;
    }

    /** Kernels count from 1; one that has no revisions leaves the field alone. */
    OptionalLong revision() {
        return revision(buffer.getLong(Native.QUERY_REVISION));
    }

    static OptionalLong revision(long value) {
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    List<EntryId> ids() {
        int count = count();
        List<EntryId> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(new EntryId(buffer.getInt(Native.QUERY_IDS + i * Integer.BYTES)));
        }
        return ids;
    }

    ReadBack.Seen seen() {
        return new ReadBack.Seen(mode(), ids(), revision());
    }
}
