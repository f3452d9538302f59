package io.bpfchain.kernel.btf;

import io.bpfchain.kernel.btf.BtfType.Array;
import io.bpfchain.kernel.btf.BtfType.Composite;
import io.bpfchain.kernel.btf.BtfType.DataSection;
import io.bpfchain.kernel.btf.BtfType.Enumeration;
import io.bpfchain.kernel.btf.BtfType.Enumerator;
import io.bpfchain.kernel.btf.BtfType.FloatingPoint;
import io.bpfchain.kernel.btf.BtfType.Forward;
import io.bpfchain.kernel.btf.BtfType.Int;
import io.bpfchain.kernel.btf.BtfType.Member;
import io.bpfchain.kernel.btf.BtfType.Placed;
import io.bpfchain.kernel.btf.BtfType.Pointer;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether bytes that were written as one type mean the same when they are read as another: same kinds, sizes, signedness, array
 * lengths, and for structs and unions the same field names at the same bits. Typedefs, qualifiers, type tags and the names of types
 * are looked through. Enumerators may be added, but not removed, renamed or renumbered.
 */
public final class LayoutComparison {
    private static final int MOST = 20;

    private final Btf live;
    private final Btf wanted;
    private final List<String> differences = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private final Set<Long> compared = new HashSet<>();

    /** Compares types of two BTFs; one instance collects the findings of several comparisons. */
    public LayoutComparison(Btf live, Btf wanted) {
        this.live = live;
        this.wanted = wanted;
    }

    /** Whole sentences; empty when the layouts are equal. */
    public List<String> differences() {
        return List.copyOf(differences);
    }

    /** Whole sentences on what is no difference in layout but worth knowing. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** Compares two types; {@code what} names the place in sentences, for example {@code value.port}. */
    public void compare(String what, int liveType, int wantedType) {
        int a = live.resolve(liveType);
        int b = wanted.resolve(wantedType);
        if (live.networkOrder(liveType) != wanted.networkOrder(wantedType)) {
            notes.add(what + " was declared as " + live.describe(liveType) + " and is now "
                    + wanted.describe(wantedType) + ": its bytes are carried over unchanged.");
        }
        if (differences.size() >= MOST || !compared.add(((long) a << 32) | b)) {
            return;
        }
        switch (live.type(a)) {
            case Int x
            when wanted.type(b) instanceof Int y -> {
                if (x.size() != y.size() || x.bits() != y.bits() || x.signed() != y.signed() || x.bool() != y.bool()) {
                    changed(what, name(x), name(y));
                }
            }
            case Pointer _ when wanted.type(b) instanceof Pointer -> {}
            case FloatingPoint x
            when wanted.type(b) instanceof FloatingPoint y -> {
                if (x.size() != y.size()) {
                    changed(what, x.name(), y.name());
                }
            }
            case Array x
            when wanted.type(b) instanceof Array y -> {
                if (x.length() != y.length()) {
                    changed(what, "an array of " + x.length(), "an array of " + y.length());
                }
                compare(what + "[]", x.element(), y.element());
            }
            case Enumeration x when wanted.type(b) instanceof Enumeration y -> enums(what, x, y);
            case Composite x when wanted.type(b) instanceof Composite y && x.union() == y.union() -> fields(what, x, y);
            case Forward x when wanted.type(b) instanceof Forward y && x.name().equals(y.name()) -> {}
            case BtfType.None _ when wanted.type(b) instanceof BtfType.None -> {}
            case BtfType _ -> {
                boolean sameName = live.describe(liveType).equals(wanted.describe(wantedType));
                changed(what, live.describe(sameName ? a : liveType), wanted.describe(sameName ? b : wantedType));
            }
        }
    }

    private static String name(Int type) {
        String kind = type.bool() ? "a bool" : type.signed() ? "a signed integer" : "an unsigned integer";
        return kind + " of " + type.bits() + " bits";
    }

    private void changed(String what, String before, String after) {
        differences.add(what + " was " + before + " and is now " + after + ".");
    }

    private void enums(String what, Enumeration x, Enumeration y) {
        if (x.size() != y.size() || x.signed() != y.signed()) {
            changed(what, "an enum of " + x.size() + " bytes", "one of " + y.size() + " bytes or of other signedness");
            return;
        }
        Map<String, BigInteger> after = new LinkedHashMap<>();
        y.enumerators().forEach(e -> after.put(e.name(), e.value()));
        for (Enumerator e : x.enumerators()) {
            BigInteger value = after.remove(e.name());
            if (value == null) {
                differences.add(what + " had the enum value " + e.name() + " = " + e.value() + ", which is gone.");
            } else if (!value.equals(e.value())) {
                differences.add(
                        what + " had the enum value " + e.name() + " = " + e.value() + ", which is now " + value + ".");
            }
        }
        after.forEach((name, value) -> notes.add(what + " has the new enum value " + name + " = " + value + "."));
    }

    private void fields(String what, Composite x, Composite y) {
        if (x.size() != y.size()) {
            changed(what, "a struct of " + x.size() + " bytes", "one of " + y.size() + " bytes");
        }
        Map<String, Member> after = byName(y);
        byName(x).forEach((name, before) -> {
            Member now = after.remove(name);
            String field = what + "." + name;
            if (now == null) {
                differences.add(field + " is gone.");
            } else if (before.bitOffset() != now.bitOffset() || before.bits() != now.bits()) {
                changed(field, place(before), place(now));
            } else {
                compare(field, before.type(), now.type());
            }
        });
        after.forEach((name, member) -> differences.add(what + "." + name + " is new, " + place(member) + "."));
    }

    /** Anonymous members are told apart by where they are, and those of a union, which are all in one place, by their order. */
    private static Map<String, Member> byName(Composite composite) {
        Map<String, Member> members = new LinkedHashMap<>();
        for (Member m : composite.members()) {
            String name = m.name().isEmpty() ? "(anonymous at bit " + m.bitOffset() + ")" : m.name();
            String different = name;
            for (int i = 2; members.containsKey(different); i++) {
                different = name + " #" + i;
            }
            members.put(different, m);
        }
        return members;
    }

    private static String place(Member member) {
        return member.bits() > 0
                ? "a field of " + member.bits() + " bits at bit " + member.bitOffset()
                : "at byte " + member.bitOffset() / 8;
    }

    /** Compares the variables of two sections: the same names at the same places with the same types. */
    public void compareSections(DataSection before, DataSection after) {
        if (before.size() != after.size()) {
            changed(before.name(), "a section of " + before.size() + " bytes", "one of " + after.size() + " bytes");
        }
        Map<String, Placed> now = variables(wanted, after);
        variables(live, before).forEach((name, placed) -> {
            Placed at = now.remove(name);
            if (at == null) {
                differences.add("The variable " + name + " is gone.");
            } else if (at.offset() != placed.offset()) {
                changed("The variable " + name, "at byte " + placed.offset(), "at byte " + at.offset());
            } else {
                compare("The variable " + name, variableType(live, placed), variableType(wanted, at));
            }
        });
        now.keySet().forEach(name -> differences.add("The variable " + name + " is new."));
    }

    private static int variableType(Btf btf, Placed placed) {
        return btf.type(placed.id()) instanceof BtfType.Variable v ? v.type() : placed.id();
    }

    private static Map<String, Placed> variables(Btf btf, DataSection section) {
        Map<String, Placed> variables = new LinkedHashMap<>();
        for (Placed p : section.variables()) {
            String name = btf.type(p.id()) instanceof BtfType.Variable v ? v.name() : btf.describe(p.id());
            variables.put(variables.containsKey(name) ? name + " at byte " + p.offset() : name, p);
        }
        return variables;
    }
}
