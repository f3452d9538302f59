package io.bpfchain.kernel.btf;

import io.bpfchain.kernel.btf.BtfType.Array;
import io.bpfchain.kernel.btf.BtfType.Composite;
import io.bpfchain.kernel.btf.BtfType.DataSection;
import io.bpfchain.kernel.btf.BtfType.DeclarationTag;
import io.bpfchain.kernel.btf.BtfType.Enumeration;
import io.bpfchain.kernel.btf.BtfType.FloatingPoint;
import io.bpfchain.kernel.btf.BtfType.Forward;
import io.bpfchain.kernel.btf.BtfType.Function;
import io.bpfchain.kernel.btf.BtfType.Int;
import io.bpfchain.kernel.btf.BtfType.Member;
import io.bpfchain.kernel.btf.BtfType.Parameter;
import io.bpfchain.kernel.btf.BtfType.Placed;
import io.bpfchain.kernel.btf.BtfType.Pointer;
import io.bpfchain.kernel.btf.BtfType.Prototype;
import io.bpfchain.kernel.btf.BtfType.Qualified;
import io.bpfchain.kernel.btf.BtfType.TypeTag;
import io.bpfchain.kernel.btf.BtfType.Typedef;
import io.bpfchain.kernel.btf.BtfType.Variable;
import java.util.List;

/** Checks that a list of types is sound, and computes sizes on the way. */
final class BtfLayout {
    /** Deepest containment that is accepted; the kernel's own limit is 32 (MAX_RESOLVE_DEPTH). */
    static final int MAX_DEPTH = 64;

    private static final int NO_SIZE = -1;
    private static final int POINTER_SIZE = 8;

    private final List<BtfType> types;
    private final int[] sizes;
    private final long[] parts;
    /** 0: not visited; -1: being visited; otherwise the depth of what it contains. */
    private final int[] depths;

    private BtfLayout(List<BtfType> types) {
        this.types = types;
        this.sizes = new int[types.size()];
        this.parts = new long[types.size()];
        this.depths = new int[types.size()];
    }

    static BtfLayout ofVoid() {
        BtfLayout layout = new BtfLayout(List.of(new BtfType.None()));
        layout.sizes[0] = NO_SIZE;
        layout.parts[0] = 1;
        return layout;
    }

    static BtfLayout check(List<BtfType> types) throws MalformedBtf {
        BtfLayout layout = new BtfLayout(types);
        for (int id = 0; id < types.size(); id++) {
            layout.checkReferences(id);
        }
        for (int id = 0; id < types.size(); id++) {
            layout.visit(id, 1);
        }
        return layout;
    }

    int size(int id) {
        return sizes[id];
    }

    long parts(int id) {
        return parts[id];
    }

    private void checkReferences(int id) throws MalformedBtf {
        switch (types.get(id)) {
            case BtfType.None _, Int _, Enumeration _, Forward _, FloatingPoint _ -> {}
            case Pointer p -> typeReference(id, p.target());
            case Array a -> typeReference(id, a.element());
            case Composite c -> {
                for (Member m : c.members()) {
                    typeReference(id, m.type());
                }
            }
            case Typedef t -> typeReference(id, t.target());
            case Qualified q -> typeReference(id, q.target());
            case TypeTag t -> typeReference(id, t.target());
            case DeclarationTag t -> reference(id, t.target());
            case Variable v -> typeReference(id, v.type());
            case Function f -> {
                reference(id, f.prototype());
                require(types.get(f.prototype()) instanceof Prototype, id, "is a function without a prototype");
            }
            case Prototype p -> {
                typeReference(id, p.result());
                for (Parameter q : p.parameters()) {
                    typeReference(id, q.type());
                }
            }
            case DataSection s -> {
                for (Placed v : s.variables()) {
                    reference(id, v.id());
                    BtfType type = types.get(v.id());
                    require(
                            type instanceof Variable || type instanceof Function,
                            id,
                            "is a section that holds something else than variables and functions");
                }
            }
        }
    }

    private void reference(int id, int target) throws MalformedBtf {
        if (target < 0 || target >= types.size()) {
            throw new MalformedBtf("is malformed: type " + id + " refers to type " + Integer.toUnsignedString(target)
                    + ", but there are " + types.size());
        }
    }

    /** Variables, sections and declaration tags are no types: nothing may be made of them. */
    private void typeReference(int id, int target) throws MalformedBtf {
        reference(id, target);
        BtfType type = types.get(target);
        require(
                !(type instanceof Variable || type instanceof DataSection || type instanceof DeclarationTag),
                id,
                "uses type " + target + ", which is a variable, a section or a declaration tag");
    }

    private static void require(boolean condition, int id, String complaint) throws MalformedBtf {
        if (!condition) {
            throw new MalformedBtf("is malformed: type " + id + " " + complaint);
        }
    }

    /** Computes size and parts; returns the depth of containment below and including this type. */
    private int visit(int id, int above) throws MalformedBtf {
        if (depths[id] > 0) {
            require(above + depths[id] - 1 <= MAX_DEPTH, id, "is nested deeper than " + MAX_DEPTH + " levels");
            return depths[id];
        }
        require(depths[id] == 0, id, "contains itself");
        require(above <= MAX_DEPTH, id, "is nested deeper than " + MAX_DEPTH + " levels");
        depths[id] = -1;
        parts[id] = 1;
        depths[id] = 1 + visitParts(id, types.get(id), above + 1);
        return depths[id];
    }

    private int visitParts(int id, BtfType type, int above) throws MalformedBtf {
        sizes[id] = NO_SIZE;
        return switch (type) {
            case BtfType.None _, Forward _, Function _, Prototype _, DeclarationTag _ -> 0;
            case Int i -> sized(id, i.size());
            case Enumeration e -> sized(id, e.size());
            case FloatingPoint f -> sized(id, f.size());
            case Pointer _ -> sized(id, POINTER_SIZE);
            case Array a -> array(id, a, above);
            case Composite c -> composite(id, c, above);
            case Typedef t -> alias(id, t.target(), above);
            case Qualified q -> alias(id, q.target(), above);
            case TypeTag t -> alias(id, t.target(), above);
            case Variable v -> alias(id, v.type(), above);
            case DataSection s -> section(id, s, above);
        };
    }

    private int sized(int id, int size) {
        sizes[id] = size;
        return 0;
    }

    private int alias(int id, int target, int above) throws MalformedBtf {
        int depth = visit(target, above);
        sizes[id] = sizes[target];
        parts[id] = parts[target];
        return depth;
    }

    private int array(int id, Array array, int above) throws MalformedBtf {
        int depth = visit(array.element(), above);
        int element = sizes[array.element()];
        if (element != NO_SIZE) {
            long size = array.length() * element;
            require(size <= Integer.MAX_VALUE, id, "is an array of " + size + " bytes, more than any map can hold");
            sizes[id] = (int) size;
        }
        parts[id] = plus(1, times(array.length(), parts[array.element()]));
        return depth;
    }

    private int composite(int id, Composite composite, int above) throws MalformedBtf {
        int depth = 0;
        for (Member m : composite.members()) {
            depth = Math.max(depth, visit(m.type(), above));
            int size = sizes[m.type()];
            require(size != NO_SIZE, id, "has a member \"" + m.name() + "\" without a size");
            long bits = m.bits() == 0 ? 8L * size : m.bits();
            require(
                    m.bits() == 0 || isWholeNumber(m.type()),
                    id,
                    "has a bitfield \"" + m.name() + "\" that is no number");
            require(m.bits() <= 8L * size, id, "has a bitfield \"" + m.name() + "\" wider than its type");
            require(
                    m.bitOffset() + bits <= 8L * composite.size(),
                    id,
                    "has a member \"" + m.name() + "\" that ends beyond its " + composite.size() + " bytes");
            parts[id] = plus(parts[id], parts[m.type()]);
        }
        sizes[id] = composite.size();
        return depth;
    }

    private boolean isWholeNumber(int id) {
        int at = id;
        while (true) {
            switch (types.get(at)) {
                case Typedef t -> at = t.target();
                case Qualified q -> at = q.target();
                case TypeTag t -> at = t.target();
                case Int i -> {
                    return i.bitOffset() == 0;
                }
                case BtfType type -> {
                    return type instanceof Enumeration;
                }
            }
        }
    }

    private int section(int id, DataSection section, int above) throws MalformedBtf {
        int depth = 0;
        for (Placed v : section.variables()) {
            depth = Math.max(depth, visit(v.id(), above));
            parts[id] = plus(parts[id], parts[v.id()]);
        }
        sizes[id] = section.size();
        return depth;
    }

    private static long times(long a, long b) {
        return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
    }

    private static long plus(long a, long b) {
        return a + b < 0 ? Long.MAX_VALUE : a + b;
    }
}
