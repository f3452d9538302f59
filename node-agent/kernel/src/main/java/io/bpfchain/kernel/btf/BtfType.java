package io.bpfchain.kernel.btf;

import java.math.BigInteger;
import java.util.List;
import java.util.Objects;

/**
 * One type of a {@link Btf}. References are type ids of the same Btf and always valid; id 0 is {@link None}. An empty name means
 * anonymous.
 */
public sealed interface BtfType {
    /** Id 0: void. */
    record None() implements BtfType {}

    /**
     * An integer, a character or a boolean.
     *
     * @param size bytes, 1 to 16
     * @param bits the bits that hold the value; fewer than 8 times the size only in old descriptions of bitfields
     * @param bitOffset of these bits within the storage
     */
    record Int(String name, int size, int bits, int bitOffset, boolean signed, boolean character, boolean bool)
            implements BtfType {}

    record Pointer(int target) implements BtfType {}

    /**
     * An array.
     *
     * @param length number of elements, at most 2^32 - 1; 0 for a flexible array
     */
    record Array(int element, long length) implements BtfType {}

    /**
     * A struct or a union.
     *
     * @param size bytes
     */
    record Composite(String name, boolean union, int size, List<Member> members) implements BtfType {
        public Composite {
            members = List.copyOf(members);
        }
    }

    /**
     * A field.
     *
     * @param bitOffset from the start of the struct
     * @param bits width of a bitfield, 0 for an ordinary field
     */
    record Member(String name, int type, long bitOffset, int bits) {
        public Member {
            Objects.requireNonNull(name);
        }
    }

    /**
     * An enum of up to 8 bytes (ENUM and ENUM64).
     *
     * @param signed as the compiler said; clang before 15 never says so, and then negative values show as large ones
     * @param enumerators empty where the compiler has cut their values off: clang before 15, for 8-byte enums
     */
    record Enumeration(String name, int size, boolean signed, List<Enumerator> enumerators) implements BtfType {
        public Enumeration {
            enumerators = List.copyOf(enumerators);
        }
    }

    record Enumerator(String name, BigInteger value) {}

    /** A struct or union that is only declared. */
    record Forward(String name, boolean union) implements BtfType {}

    record Typedef(String name, int target) implements BtfType {}

    record Qualified(Qualifier qualifier, int target) implements BtfType {}

    /** What a {@link Qualified} adds. */
    enum Qualifier {
        CONST,
        VOLATILE,
        RESTRICT
    }

    record Function(String name, int prototype, Linkage linkage) implements BtfType {}

    record Prototype(int result, List<Parameter> parameters) implements BtfType {
        public Prototype {
            parameters = List.copyOf(parameters);
        }
    }

    /** A parameter; a last one without name and type stands for "...". */
    record Parameter(String name, int type) {}

    record Variable(String name, int type, Linkage linkage) implements BtfType {}

    /** Who may see a function or variable. */
    enum Linkage {
        STATIC,
        GLOBAL,
        EXTERN
    }

    /**
     * A section of variables.
     *
     * @param size bytes; 0 until libbpf has filled it in from the ELF section
     */
    record DataSection(String name, int size, List<Placed> variables) implements BtfType {
        public DataSection {
            variables = List.copyOf(variables);
        }
    }

    /**
     * A variable (or function) in a section.
     *
     * @param id of a {@link Variable} or {@link Function}
     * @param offset bytes from the start of the section
     * @param size bytes
     */
    record Placed(int id, int offset, int size) {}

    record FloatingPoint(String name, int size) implements BtfType {}

    /**
     * A declaration tag.
     *
     * @param component index of a member or parameter, -1 for the target itself
     */
    record DeclarationTag(String name, int target, int component) implements BtfType {}

    record TypeTag(String name, int target) implements BtfType {}
}
