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
import io.bpfchain.kernel.btf.BtfType.Pointer;
import io.bpfchain.kernel.btf.BtfType.Prototype;
import io.bpfchain.kernel.btf.BtfType.Qualified;
import io.bpfchain.kernel.btf.BtfType.Qualifier;
import io.bpfchain.kernel.btf.BtfType.TypeTag;
import io.bpfchain.kernel.btf.BtfType.Typedef;
import io.bpfchain.kernel.btf.BtfType.Variable;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The types of an object, read from raw BTF (Documentation/bpf/btf.rst). Immutable.
 *
 * <p>An instance is sound: every reference is valid, nothing contains itself, containment is at most {@link BtfLayout#MAX_DEPTH}
 * deep, members lie within their struct, and sizes fit an int. So walking a type by containment ends.
 */
public final class Btf {
    private static final Set<String> NETWORK_ORDER = Set.of("__be16", "__be32", "__be64");
    private static final Btf NONE = new Btf(List.of(new BtfType.None()), BtfLayout.ofVoid());

    private final List<BtfType> types;
    private final BtfLayout layout;

    Btf(List<BtfType> types, BtfLayout layout) {
        this.types = List.copyOf(types);
        this.layout = layout;
    }

    /** Reads raw BTF in this machine's byte order. Safe on any bytes. */
    public static BtfOutcome parse(byte[] raw) {
        try {
            List<BtfType> types = new BtfReader(raw).read();
            return new BtfOutcome.Parsed(new Btf(types, BtfLayout.check(types)));
        } catch (MalformedBtf e) {
            return new BtfOutcome.Invalid(String.valueOf(e.getMessage()));
        }
    }

    /** No types but void: for objects without BTF. */
    public static Btf none() {
        return NONE;
    }

    /** Number of types, void included; ids are below it. */
    public int count() {
        return types.size();
    }

    /**
     * The type of an id.
     *
     * @throws IndexOutOfBoundsException for an id that is not below {@link #count}
     */
    public BtfType type(int id) {
        return types.get(id);
    }

    /** The id behind typedefs, qualifiers and type tags. */
    public int resolve(int id) {
        int at = id;
        while (true) {
            switch (types.get(at)) {
                case Typedef(var _, int target) -> at = target;
                case Qualified(var _, int target) -> at = target;
                case TypeTag(var _, int target) -> at = target;
                case BtfType _ -> {
                    return at;
                }
            }
        }
    }

    /** The type behind typedefs, qualifiers and type tags. */
    public BtfType resolved(int id) {
        return types.get(resolve(id));
    }

    /** Bytes of a value of this type, or -1 for types that have no values (void, functions, forward declarations). */
    public int sizeOf(int id) {
        return layout.size(id);
    }

    /** How many values a value of this type consists of, counting itself; Long.MAX_VALUE when that overflows. */
    public long parts(int id) {
        return layout.parts(id);
    }

    /** Whether one of the typedefs around it says network byte order: __be16, __be32, __be64. */
    public boolean networkOrder(int id) {
        int at = id;
        while (true) {
            switch (types.get(at)) {
                case Typedef(String name, int target) -> {
                    if (NETWORK_ORDER.contains(name)) {
                        return true;
                    }
                    at = target;
                }
                case Qualified(var _, int target) -> at = target;
                case TypeTag(var _, int target) -> at = target;
                case BtfType _ -> {
                    return false;
                }
            }
        }
    }

    /** Whether a variable of this type is volatile; an array is when its elements are. */
    public boolean isVolatile(int id) {
        int at = id;
        while (true) {
            switch (types.get(at)) {
                case Qualified(Qualifier q, int target) -> {
                    if (q == Qualifier.VOLATILE) {
                        return true;
                    }
                    at = target;
                }
                case Typedef(var _, int target) -> at = target;
                case TypeTag(var _, int target) -> at = target;
                case Array(int element, var _) -> at = element;
                case BtfType _ -> {
                    return false;
                }
            }
        }
    }

    /** All sections with variables, in the order of their ids. */
    public List<DataSection> dataSections() {
        return types.stream()
                .filter(DataSection.class::isInstance)
                .map(DataSection.class::cast)
                .toList();
    }

    /** The section of a name. */
    public Optional<DataSection> dataSection(String name) {
        return dataSections().stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /** The type as C would name it, without const and volatile: {@code __be16}, {@code struct config}, {@code char[16]}. */
    public String describe(int id) {
        return switch (types.get(id)) {
            case BtfType.None _ -> "void";
            case Int i -> i.name().isEmpty() ? "int" : i.name();
            case Pointer p -> describe(p.target(), 4) + " *";
            case Array a -> describeArray(a);
            case Composite c -> tagged(c.union() ? "union" : "struct", c.name());
            case Enumeration e -> tagged("enum", e.name());
            case Forward f -> tagged(f.union() ? "union" : "struct", f.name());
            case Typedef t -> t.name();
            case Qualified q -> describe(q.target());
            case Function f -> "function " + f.name();
            case Prototype _ -> "function";
            case Variable v -> describe(v.type());
            case DataSection s -> "section " + s.name();
            case FloatingPoint f -> f.name();
            case DeclarationTag t -> "tag " + t.name();
            case TypeTag t -> describe(t.target());
        };
    }

    /** Pointers may lead in circles; after a few steps the name stops following them. */
    private String describe(int id, int steps) {
        int at = id;
        while (types.get(at) instanceof Qualified || types.get(at) instanceof TypeTag) {
            at = types.get(at) instanceof Qualified q ? q.target() : ((TypeTag) types.get(at)).target();
        }
        if (types.get(at) instanceof Pointer p) {
            return steps == 0 ? "void" : describe(p.target(), steps - 1) + " *";
        }
        return types.get(resolve(at)) instanceof Array ? "array" : describe(at);
    }

    private String describeArray(Array array) {
        StringBuilder dimensions =
                new StringBuilder().append('[').append(array.length()).append(']');
        int element = array.element();
        while (types.get(element) instanceof Array inner) {
            dimensions.append('[').append(inner.length()).append(']');
            element = inner.element();
        }
        return describe(element) + dimensions;
    }

    private static String tagged(String keyword, String name) {
        return name.isEmpty() ? "anonymous " + keyword : keyword + " " + name;
    }
}
