package io.bpfchain.kernel.btf;

import io.bpfchain.kernel.btf.BtfType.Composite;
import io.bpfchain.kernel.btf.BtfType.Member;
import java.util.LinkedHashMap;
import java.util.Map;

/** The fields of a struct or union as C code names them: those of anonymous members count as its own. */
final class Fields {
    /**
     * A field.
     *
     * @param bitOffset from the start of the outer struct
     * @param bits width of a bitfield, 0 for an ordinary field
     * @param span bits that it takes up
     */
    record Field(int type, long bitOffset, int bits, long span) {
        boolean overlaps(Field other) {
            return bitOffset < other.bitOffset + other.span && other.bitOffset < bitOffset + span;
        }
    }

    private Fields() {}

    static Map<String, Field> of(Btf btf, Composite composite) {
        Map<String, Field> fields = new LinkedHashMap<>();
        add(btf, composite, 0, fields);
        return fields;
    }

    private static void add(Btf btf, Composite composite, long offset, Map<String, Field> into) {
        for (Member m : composite.members()) {
            long at = offset + m.bitOffset();
            if (!m.name().isEmpty()) {
                long span = m.bits() > 0 ? m.bits() : 8L * btf.sizeOf(m.type());
                into.putIfAbsent(m.name(), new Field(m.type(), at, m.bits(), span));
            } else if (btf.resolved(m.type()) instanceof Composite inner && btf.sizeOf(m.type()) > 0) {
                add(btf, inner, at, into);
            }
        }
    }
}
