package io.bpfchain.kernel;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.ListMode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The local lists of some cgroups at one attach type, read in one call (each by a BPF_PROG_QUERY of its own). */
final class ListRows {
    private final ByteBuffer rows;

    private ListRows(ByteBuffer rows) {
        this.rows = rows;
    }

    /**
     * Reads them.
     *
     * @param cgroupFds row {@code i} is of cgroup {@code i}
     */
    static ListRows read(int[] cgroupFds, AttachType type) {
        ByteBuffer rows = Native.buffer(cgroupFds.length * Native.ROW_BYTES);
        for (int i = 0; i < cgroupFds.length; i++) {
            rows.putInt(i * Native.ROW_BYTES + Native.ROW_FD, cgroupFds[i]);
        }
        Native.queryLists(cgroupFds.length, type.code(), rows);
        return new ListRows(rows);
    }

    /** 0 or -errno. */
    int result(int row) {
        return rows.getInt(row * Native.ROW_BYTES + Native.ROW_FD);
    }

    private int count(int row) {
        return rows.getInt(row * Native.ROW_BYTES + Native.ROW_COUNT);
    }

    ListMode mode(int row) {
        return Lists.mode(rows.getInt(row * Native.ROW_BYTES + Native.ROW_FLAGS));
    }

    OptionalLong revision(int row) {
        return Lists.revision(rows.getLong(row * Native.ROW_BYTES + Native.ROW_REVISION));
    }

    /** Whether two lists have the same entries. */
    boolean alike(int row, int other) {
        int bytes = count(row) * Integer.BYTES;
        return count(row) == count(other) && ids(row, bytes).equals(ids(other, bytes));
    }

    private ByteBuffer ids(int row, int bytes) {
        return rows.slice(row * Native.ROW_BYTES + Native.ROW_IDS, bytes);
    }

    List<EntryId> ids(int row) {
        List<EntryId> ids = new ArrayList<>(count(row));
        for (int i = 0; i < count(row); i++) {
            ids.add(new EntryId(rows.getInt(row * Native.ROW_BYTES + Native.ROW_IDS + i * Integer.BYTES)));
        }
        return ids;
    }
}
