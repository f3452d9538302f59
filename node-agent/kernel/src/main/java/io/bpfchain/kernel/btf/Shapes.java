package io.bpfchain.kernel.btf;

import io.bpfchain.kernel.btf.BtfType.Array;
import io.bpfchain.kernel.btf.BtfType.Composite;
import io.bpfchain.kernel.btf.BtfType.Int;
import io.bpfchain.kernel.btf.BtfType.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Recognises types with a meaning beyond their layout: text, addresses, prefixes. */
public final class Shapes {
    private Shapes() {}

    /** An array of char. */
    public static boolean isText(Btf btf, int type) {
        return btf.resolved(type) instanceof Array a && isChar(btf, a.element());
    }

    private static boolean isChar(Btf btf, int type) {
        return btf.resolved(type) instanceof Int i
                && i.size() == 1
                && (i.character() || i.name().equals("char"));
    }

    /** An array of bytes that are not characters. */
    public static boolean isBytes(Btf btf, int type) {
        return btf.resolved(type) instanceof Array a
                && btf.resolved(a.element()) instanceof Int i
                && i.size() == 1
                && !i.bool()
                && !isChar(btf, a.element());
    }

    /**
     * Bytes of the address that a value of this type can hold in network order, 0 for other types: 4 for __be32, __u8[4] and struct
     * in_addr; 16 for __be32[4], __be16[8], __u8[16] and struct in6_addr.
     */
    public static int addressBytes(Btf btf, int type) {
        int size = btf.sizeOf(type);
        return switch (btf.resolved(type)) {
            case Int _ -> btf.networkOrder(type) && size == IpText.V4_BYTES ? size : 0;
            case Composite c ->
                c.name().equals(size == IpText.V4_BYTES ? "in_addr" : "in6_addr") ? addressSize(size) : 0;
            case Array a ->
                isBytes(btf, type) || (btf.networkOrder(a.element()) && size == IpText.V6_BYTES)
                        ? addressSize(size)
                        : 0;
            case BtfType _ -> 0;
        };
    }

    private static int addressSize(int size) {
        return size == IpText.V4_BYTES || size == IpText.V6_BYTES ? size : 0;
    }

    /** Whether people read this type as an address: network-order typedefs and struct in_addr, in6_addr, but no plain bytes. */
    public static boolean showsAsAddress(Btf btf, int type) {
        return addressBytes(btf, type) != 0 && !isBytes(btf, type);
    }

    /**
     * Bytes of the address in a key of an LPM trie, where the type is a 32-bit prefix length followed by exactly one value of 4 or 16
     * bytes (or the kernel's struct bpf_lpm_trie_key and such bytes). The trie compares from the first byte's highest bit on, so these
     * bytes can only be in network order, whatever their declared type is.
     */
    public static Optional<Integer> prefixedAddress(Btf btf, int type) {
        if (!(btf.resolved(type) instanceof Composite c) || c.union() || btf.parts(type) > 64) {
            return Optional.empty();
        }
        List<Member> members = new ArrayList<>();
        flatten(btf, c, 0, members);
        if (members.size() != 2 || !isPrefixLength(btf, members.get(0))) {
            return Optional.empty();
        }
        Member data = members.get(1);
        int size = btf.sizeOf(data.type());
        boolean whole = data.bitOffset() == 32 && c.size() == 4 + size && data.bits() == 0;
        return whole && (size == IpText.V4_BYTES || size == IpText.V6_BYTES) ? Optional.of(size) : Optional.empty();
    }

    private static boolean isPrefixLength(Btf btf, Member member) {
        return member.bitOffset() == 0
                && member.bits() == 0
                && btf.resolved(member.type()) instanceof Int i
                && i.size() == 4
                && !btf.networkOrder(member.type());
    }

    /**
     * Members with a size. A leading struct or union (struct bpf_lpm_trie_key; in newer kernels a union of a header and the prefix
     * length) is replaced by what it holds.
     */
    private static void flatten(Btf btf, Composite composite, long offset, List<Member> into) {
        for (Member m : composite.members()) {
            long at = offset + m.bitOffset();
            if (at == 0
                    && btf.resolved(m.type()) instanceof Composite inner
                    && !inner.members().isEmpty()) {
                flatten(btf, inner.union() ? lastOf(inner) : inner, at, into);
            } else if (btf.sizeOf(m.type()) > 0) {
                into.add(new Member(m.name(), m.type(), at, m.bits()));
            }
        }
    }

    private static Composite lastOf(Composite union) {
        return new Composite(
                union.name(), false, union.size(), List.of(union.members().getLast()));
    }
}
