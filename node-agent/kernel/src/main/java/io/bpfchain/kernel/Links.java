package io.bpfchain.kernel;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which cgroup links exist on the host. PROG_QUERY does not tell plain entries from links, so links are walked by id (5.8,
 * CAP_SYS_ADMIN). Ids only grow, so each look asks for what came after the last one. A link never moves to another cgroup or type, but it
 * can be detached and live on, and its program can change, so those at a hook are read anew. Not safe for several threads.
 */
final class Links {
    private static final int CGROUP = 3;
    private static final int INFO_BYTES = 128;

    private final Map<Integer, LinkInfo> known = new HashMap<>();
    private int last;

    /** Seen while they were being made ({@code bpf_link_by_id()} answers EAGAIN): asked for again. */
    private final Set<Integer> unsettled = new HashSet<>();

    /** Links elsewhere are not seen to go, so beyond this many all are walked anew. */
    private int most = 1024;

    /** The links at a hook as they are now, among those that {@link #findNew} has found. */
    List<LinkInfo> at(long cgroupId, AttachType type) throws BpfException {
        if (known.isEmpty()) {
            return List.of();
        }
        List<LinkInfo> found = new ArrayList<>();
        for (LinkInfo link : List.copyOf(known.values())) {
            if (link.cgroupId() == cgroupId && link.attachType() == type.code()) {
                read(link.id())
                        .filter(now -> now.cgroupId() == cgroupId)
                        .ifPresentOrElse(found::add, () -> known.remove(link.id()));
            }
        }
        return found;
    }

    /** Looks for links that were made since the last look. */
    void findNew() throws BpfException {
        if (known.size() > most) {
            known.clear();
            unsettled.clear();
            last = 0;
        }
        for (int id : List.copyOf(unsettled)) {
            unsettled.remove(id);
            read(id).ifPresent(link -> known.put(link.id(), link));
        }
        OptionalInt next = Programs.next("BPF_LINK_GET_NEXT_ID", Native.LINK_GET_NEXT_ID, last);
        while (next.isPresent()) {
            last = next.getAsInt();
            read(last).ifPresent(link -> known.put(link.id(), link));
            next = Programs.next("BPF_LINK_GET_NEXT_ID", Native.LINK_GET_NEXT_ID, last);
        }
        most = Math.max(most, 2 * known.size());
    }

    /** Empty for a link that is gone and for one that is not on a cgroup. */
    private Optional<LinkInfo> read(int id) throws BpfException {
        int result = Native.fdById(Native.LINK_GET_FD_BY_ID, id);
        if (result == -Errno.EAGAIN) {
            unsettled.add(id);
            return Optional.empty();
        }
        if (result == -Errno.ENOENT) {
            return Optional.empty();
        }
        try (Fd fd = Fd.check("BPF_LINK_GET_FD_BY_ID", "link " + Integer.toUnsignedString(id), result)) {
            byte[] bytes = new byte[INFO_BYTES];
            BpfException.check("BPF_OBJ_GET_INFO_BY_FD", fd, Native.objectInfo(fd.number(), bytes));
            ByteBuffer info = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
            return info.getInt(0) == CGROUP
                    ? Optional.of(new LinkInfo(id, new EntryId(info.getInt(8)), info.getLong(16), info.getInt(24)))
                    : Optional.empty();
        }
    }

    /** BPF_LINK_CREATE on a cgroup (5.7). bpfchain itself never holds a program by a link; this is for tests and other tools. */
    static Fd create(Fd program, Fd cgroup, AttachType type) throws BpfException {
        return Fd.check(
                "BPF_LINK_CREATE",
                program + " to " + cgroup,
                Native.linkCreate(program.number(), cgroup.number(), type.code()));
    }
}
