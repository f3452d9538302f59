package io.bpfchain.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * All native methods. Each returns a value, or {@code -errno}; none throws. Buffers are direct and in native byte order; how long
 * they must be is checked by the callers, because only they know the sizes of a map's keys and values.
 */
final class Native {
    /** {@code enum bpf_cmd} of the commands that take their number as an argument. */
    static final int PROG_GET_NEXT_ID = 11;

    static final int PROG_GET_FD_BY_ID = 13;
    static final int MAP_GET_FD_BY_ID = 14;
    static final int MAP_LOOKUP_BATCH = 24;
    static final int MAP_UPDATE_BATCH = 26;
    static final int LINK_GET_FD_BY_ID = 30;
    static final int LINK_GET_NEXT_ID = 31;

    /** Offsets in the buffer of {@link #progQuery}. */
    static final int QUERY_COUNT = 0;

    static final int QUERY_FLAGS = 4;
    static final int QUERY_REVISION = 8;
    static final int QUERY_IDS = 16;

    /** Bytes of an answer of {@link #openDirectories}: inode (8) or -errno, descriptor (4) or -errno. */
    static final int OPENED_BYTES = 16;

    static final int OPENED_FD = 8;

    /** Offsets in a row of {@link #queryLists}, and its bytes; a local list has {@value #MOST_IDS} entries at most. */
    static final int ROW_FD = 0;

    static final int ROW_COUNT = 8;
    static final int ROW_FLAGS = 12;
    static final int ROW_REVISION = 16;
    static final int ROW_IDS = 24;
    static final int MOST_IDS = 64;
    static final int ROW_BYTES = ROW_IDS + MOST_IDS * Integer.BYTES;

    /** Offsets in an answer of {@link #replaceInLists}, and its bytes. */
    static final int REPLACED_FD = 0;

    static final int REPLACED_MADE = 4;
    static final int REPLACED_ERROR = 8;
    static final int REPLACED_BYTES = 16;

    /** Answered where the list was another than expected. */
    static final int OTHER_LIST = 1;

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

    /** A direct buffer in native byte order. */
    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** O_RDONLY|O_DIRECTORY|O_CLOEXEC. */
    static native int openDirectory(byte[] path);

    static native int close(int fd);

    /** Makes the process's table of descriptors longer than {@code least}, by giving out a higher number for a moment. */
    static native int reserveFds(int fd, int least);

    /** {@code st_ino} of an open file. */
    static native long inode(int fd);

    /** {@code struct linux_dirent64}, as many as fit; returns their bytes, 0 at the end of the directory. */
    static native int readDirectory(int fd, ByteBuffer out);

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

    /** The same for many paths, which stand behind one another, each with a zero behind it; also their inodes. */
    static native int openDirectories(ByteBuffer paths, int count, ByteBuffer opened);

    /** Local lists of one attach type: each row has the cgroup's descriptor, and afterwards what {@link #progQuery} answered. */
    static native int queryLists(int count, int type, ByteBuffer rows);

    /**
     * The same BPF_F_REPLACE steps at many lists, each list whole before the next. A list is read before its first replacement and after
     * each, compared, and left alone from the first answer on that is not the expected one.
     *
     * @param length of each list
     * @param steps descriptors: old program, new program
     * @param ids the lists before, between and behind the replacements
     * @param replaced descriptor of the cgroup, then how far it came and what ended it
     */
    static native int replaceInLists(
            int lists, int type, int replacements, int length, ByteBuffer steps, ByteBuffer ids, ByteBuffer replaced);

    static native int linkCreate(int programFd, int cgroupFd, int type);

    static native int objPin(int fd, byte[] path);

    static native int objGet(byte[] path, int fileFlags);

    static native int nextId(int command, int after);

    static native int fdById(int command, int id);

    /** The beginning of {@code bpf_map_info}, {@code bpf_link_info} or {@code bpf_btf_info}. */
    static native int objectInfo(int fd, byte[] out);

    /** The beginning of {@code bpf_prog_info}, and map ids as int. */
    static native int programInfo(int fd, byte[] out, byte[] mapIds);

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
