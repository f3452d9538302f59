package io.bpfchain.kernel.testing.traffic;

import io.bpfchain.kernel.testing.BpfCompiler;
import java.nio.file.Path;

/**
 * The object of {@code tracer.bpf.c}, for {@code cgroup_inet_egress}. Its functions {@code slot_1} to {@code slot_12} append
 * their number as one hexadecimal digit to {@code trace[number of the packet]}; {@code whole_list} appends the value that all
 * keys of the map {@code list} have, or {@link #MIXED}. Globals: {@code port}, and {@code generation}, which makes versions
 * that behave alike. Maps: {@code trace} (share or keep it), {@code counted} (per CPU; what slot_1 saw), {@code list}.
 */
public final class Tracer {
    /** Numbers that the map has room for, from 0 to this, exclusive; its 4 MiB fit into the smallest memory limit that is tested. */
    public static final int TRACES = 1 << 19;
    /** The digit of a packet that saw a part of one list and a part of another. */
    public static final char MIXED = 'f';
    /** Keys of the map {@code list}, from 0 on. */
    public static final int LIST_KEYS = 8;

    private Tracer() {}

    /** The compiled object. */
    public static Path object() {
        return BpfCompiler.compile(CProgram.source("tracer.bpf.c"), "-DTRACES=" + TRACES);
    }

    /** The function that appends this digit, from 1 to 12. */
    public static String function(int digit) {
        if (digit < 1 || digit > 12) {
            throw new IllegalArgumentException("no slot " + digit);
        }
        return "slot_" + digit;
    }
}
