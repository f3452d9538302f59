package io.bpfchain.kernel;

import io.bpfchain.planner.EntryId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;

/** Loaded programs: making, finding and describing them. By id needs CAP_SYS_ADMIN; through a pin or a descriptor nothing. */
public final class Programs {
    private static final int INFO_BYTES = 232;
    private static final int MOST_MAPS = 256;
    private static final int LOAD_ATTEMPTS = 5;

    private Programs() {}

    /**
     * Loads raw instructions without BTF, maps or log: what probes and tests need. Real objects are loaded by the helper process.
     *
     * @param type {@code enum bpf_prog_type}
     * @param expectedAttachType {@code enum bpf_attach_type}
     * @param name 1 to 15 characters of [A-Za-z0-9_.]
     */
    public static Fd load(int type, int expectedAttachType, byte[] instructions, String name) throws BpfException {
        byte[] nameBytes = name.getBytes(StandardCharsets.US_ASCII);
        byte[] license = "GPL".getBytes(StandardCharsets.US_ASCII);
        int result = -Errno.EAGAIN;
        // The verifier gives up with EAGAIN when a signal is pending (bpf_check()).
        for (int i = 0; i < LOAD_ATTEMPTS && result == -Errno.EAGAIN; i++) {
            result = Native.progLoad(type, expectedAttachType, instructions, nameBytes, license);
        }
        return Fd.check("BPF_PROG_LOAD", name, result);
    }

    /** A descriptor of a program by its id; EPERM without CAP_SYS_ADMIN, ENOENT when it is gone. */
    public static Fd byId(EntryId id) throws BpfException {
        return Fd.check(
                "BPF_PROG_GET_FD_BY_ID", "program " + id, Native.fdById(Native.PROG_GET_FD_BY_ID, id.programId()));
    }

    /** The next higher id than {@code after} of any program on the host; EPERM without CAP_SYS_ADMIN. */
    public static OptionalInt nextId(int after) throws BpfException {
        return next("BPF_PROG_GET_NEXT_ID", Native.PROG_GET_NEXT_ID, after);
    }

    static OptionalInt next(String call, int command, int after) throws BpfException {
        int result = Native.nextId(command, after);
        return result == -Errno.ENOENT
                ? OptionalInt.empty()
                : OptionalInt.of(BpfException.check(call, "after " + Integer.toUnsignedString(after), result));
    }

    /** BPF_PROG_BIND_MAP (5.10): the map lives as long as the program, without being used by it. */
    public static void bind(Fd program, Fd map) throws BpfException {
        BpfException.check(
                "BPF_PROG_BIND_MAP", program + ", " + map, Native.progBindMap(program.number(), map.number()));
    }

    public static ProgramInfo info(Fd program) throws BpfException {
        byte[] bytes = new byte[INFO_BYTES];
        byte[] mapIds = new byte[MOST_MAPS * Integer.BYTES];
        BpfException.check("BPF_OBJ_GET_INFO_BY_FD", program, Native.programInfo(program.number(), bytes, mapIds));
        ByteBuffer info = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        return new ProgramInfo(
                new EntryId(info.getInt(4)),
                info.getInt(0),
                text(bytes, 64, 16),
                HexFormat.of().formatHex(bytes, 8, 16),
                info.getLong(40),
                ids(mapIds, info.getInt(52)),
                info.getInt(20),
                info.getInt(16),
                info.getInt(128),
                info.getLong(192),
                info.getLong(200),
                info.getInt(216));
    }

    /**
     * Switches run statistics on for the whole host until the descriptor is closed (5.8, CAP_SYS_ADMIN). It slows every program,
     * so only on request.
     */
    public static Fd enableStatistics() throws BpfException {
        return Fd.check("BPF_ENABLE_STATS", "BPF_STATS_RUN_TIME", Native.enableStats(0));
    }

    private static List<Integer> ids(byte[] bytes, int count) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < Math.min(count, MOST_MAPS); i++) {
            ids.add(buffer.getInt(i * Integer.BYTES));
        }
        return ids;
    }

    static String text(byte[] bytes, int offset, int size) {
        int end = offset;
        while (end < offset + size && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, offset, end - offset, StandardCharsets.UTF_8);
    }
}
