package io.bpfchain.kernel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * All native methods. Each returns a value, or {@code -errno}; none throws. Buffers are direct and in native byte order; how long
 * they must be is checked by the callers, because only they know the sizes of a map's keys and values.
 */
final class Native {
    /** {@code enum bpf_cmd} of the commands that take their number as an argument. */
    static final int PROG_GET_NEXT_ID = 11;

    static final int MAP_GET_NEXT_ID = 12;
    static final int PROG_GET_FD_BY_ID = 13;
    static final int MAP_GET_FD_BY_ID = 14;
    static final int BTF_GET_FD_BY_ID = 19;
    static final int MAP_LOOKUP_BATCH = 24;
    static final int MAP_UPDATE_BATCH = 26;
    static final int MAP_DELETE_BATCH = 27;
    static final int LINK_GET_FD_BY_ID = 30;
    static final int LINK_GET_NEXT_ID = 31;

    /** Offsets in the buffer of {@link #progQuery}. */
    static final int QUERY_COUNT = 0;

    static final int QUERY_FLAGS = 4;
    static final int QUERY_REVISION = 8;
    static final int QUERY_IDS = 16;

    /** {@code BPF_F_QUERY_EFFECTIVE}. */
    static final int EFFECTIVE = 1;

    static {
        NativeLibrary.load();
    }

    private Native() {}

    /** A path as the kernel takes it; the terminating zero is added in C. */
    static byte[] path(Path path) {
        return path.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
    }

    /** O_RDONLY|O_DIRECTORY|O_CLOEXEC. */
    static native int openDirectory(byte[] path);

    static native int close(int fd);

    /** Makes the process's table of descriptors longer than {@code least}, by giving out a higher number for a moment. */
    static native int reserveFds(int fd, int least);

    /** {@code st_ino} of an open file. */
    static native long inode(int fd);

    /** {@code f_type} of statfs(2). */
    static native long fileSystem(byte[] path);

    /** A new bpffs, mode 0700. */
    static native int mountBpffs(byte[] path);

    static native int flock(int fd, int operation);

    /**
     * BPF_PROG_ATTACH.
     *
     * @param relative an fd, or with BPF_F_ID an id; 0 for none
     * @param revision 0 for none
     */
    static native int progAttach(
            int cgroupFd, int type, int programFd, int flags, int replaceFd, int relative, long revision);

    static native int progDetach(int cgroupFd, int type, int programFd, long revision);

    /** Writes count, flags, revision and as many ids as fit; on ENOSPC the count is the whole one. */
    static native int progQuery(int cgroupFd, int type, int queryFlags, ByteBuffer out);

    static native int linkCreate(int programFd, int cgroupFd, int type);

    static native int objPin(int fd, byte[] path);

    static native int objGet(byte[] path, int fileFlags);

    static native int nextId(int command, int after);

    static native int fdById(int command, int id);

    /** The beginning of {@code bpf_map_info}, {@code bpf_link_info} or {@code bpf_btf_info}. */
    static native int objectInfo(int fd, byte[] out);

    /** The beginning of {@code bpf_prog_info}, and map ids as int. */
    static native int programInfo(int fd, byte[] out, byte[] mapIds);

    /** Raw BTF as far as it fits; returns the whole size. */
    static native int btfData(int fd, ByteBuffer out);

    static native int enableStats(int kind);

    static native int progLoad(int type, int expectedAttachType, byte[] instructions, byte[] name, byte[] license);

    static native int progBindMap(int programFd, int mapFd);

    static native int mapCreate(int type, int keySize, int valueSize, int maxEntries, int flags, byte[] name);

    static native int mapFreeze(int mapFd);

    static native int mapLookup(int mapFd, ByteBuffer key, ByteBuffer value);

    static native int mapUpdate(int mapFd, ByteBuffer key, ByteBuffer value, long flags);

    static native int mapDelete(int mapFd, ByteBuffer key);

    static native int mapFirstKey(int mapFd, ByteBuffer first);

    static native int mapNextKey(int mapFd, ByteBuffer key, ByteBuffer next);

    /** The number of elements done in the low 32 bits, errno (0 for none) in the high 32 bits. */
    static native long mapBatch(
            int command,
            int mapFd,
            boolean resume,
            ByteBuffer token,
            ByteBuffer keys,
            ByteBuffer values,
            int count,
            long elementFlags);
}
