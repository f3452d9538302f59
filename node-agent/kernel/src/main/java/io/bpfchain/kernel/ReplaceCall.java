package io.bpfchain.kernel;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Kernel.Replaced;
import io.bpfchain.planner.Kernel.Replacements;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The arguments and answers of {@link Native#replaceInLists}. */
final class ReplaceCall {
    static final String REPLACE = "BPF_PROG_ATTACH(REPLACE)";
    private static final int STEP_BYTES = 2 * Integer.BYTES;

    private final Replacements replacements;
    private final ByteBuffer steps;
    private final ByteBuffer lists;
    private int count;

    ReplaceCall(Replacements replacements, int most) {
        this.replacements = replacements;
        this.steps = Native.buffer(replacements.steps().size() * STEP_BYTES);
        this.lists = Native.buffer(most * Native.REPLACED_BYTES);
    }

    /** The descriptors of the next step's programs. */
    void step(int old, int by) {
        steps.putInt(old).putInt(by);
    }

    /** The descriptor of the next list's cgroup, or -errno. */
    void list(int cgroupFd) {
        lists.putInt(count * Native.REPLACED_BYTES + Native.REPLACED_FD, cgroupFd);
        count++;
    }

    /** Makes the replacements; answer {@code i} is of list {@code i}. */
    List<Replaced> run(AttachType type) {
        int length = replacements.lists().getFirst().size();
        int result = Native.replaceInLists(
                count, type.code(), replacements.steps().size(), length, steps, ids(length), lists);
        List<Replaced> replaced = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            replaced.add(
                    result < 0 ? Replaced.failed(0, Errno.of(REPLACE, result)) : replaced(i * Native.REPLACED_BYTES));
        }
        return replaced;
    }

    private ByteBuffer ids(int length) {
        ByteBuffer ids = Native.buffer(replacements.lists().size() * length * Integer.BYTES);
        for (List<EntryId> list : replacements.lists()) {
            list.forEach(id -> ids.putInt(id.programId()));
        }
        return ids;
    }

    private Replaced replaced(int at) {
        int made = lists.getInt(at + Native.REPLACED_MADE);
        int error = lists.getInt(at + Native.REPLACED_ERROR);
        return switch (error) {
            case 0 -> Replaced.all(made);
            case Native.OTHER_LIST -> Replaced.surprised(made);
            default -> Replaced.failed(made, Errno.of(REPLACE, error));
        };
    }
}
