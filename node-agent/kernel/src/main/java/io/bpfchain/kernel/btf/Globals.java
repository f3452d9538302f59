package io.bpfchain.kernel.btf;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.kernel.btf.BtfType.DataSection;
import io.bpfchain.kernel.btf.BtfType.Linkage;
import io.bpfchain.kernel.btf.BtfType.Placed;
import io.bpfchain.kernel.btf.BtfType.Variable;
import io.bpfchain.kernel.object.MapDefinition;
import io.bpfchain.kernel.object.ObjectInfo;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Sets {@code const volatile} global variables before a load. Values are typed by the object's BTF, see {@link ValueEncoder}. */
public final class Globals {
    private Globals() {}

    /** What came of encoding globals. */
    public sealed interface Outcome {
        /**
         * All are in place.
         *
         * @param sections whole initial values of the data sections that differ from the object's own, by section name
         */
        record Encoded(Map<String, byte[]> sections) implements Outcome {
            public Encoded {
                sections = Map.copyOf(sections);
            }
        }

        /** At least one cannot be set; nothing may be loaded. */
        record Rejected(List<ValueProblem> problems) implements Outcome {
            public Rejected {
                problems = List.copyOf(problems);
            }
        }
    }

    /** Encodes values by variable name. */
    public static Outcome encode(ObjectInfo object, Map<String, JsonNode> globals) {
        return encode(object, Btf.parse(object.btf()), globals);
    }

    /**
     * The same.
     *
     * @param types of the object
     */
    public static Outcome encode(ObjectInfo object, BtfOutcome types, Map<String, JsonNode> globals) {
        if (globals.isEmpty()) {
            return new Outcome.Encoded(Map.of());
        }
        Problems problems = new Problems();
        if (object.btf().length == 0) {
            new TreeSet<>(globals.keySet())
                    .forEach(name -> problems.add(
                            name, "cannot be set: the object has no BTF, so its type is unknown; compile it with -g"));
            return new Outcome.Rejected(problems.list());
        }
        return switch (types) {
            case BtfOutcome.Invalid(String reason) -> {
                new TreeSet<>(globals.keySet())
                        .forEach(name -> problems.add(name, "cannot be set: the object's BTF " + reason));
                yield new Outcome.Rejected(problems.list());
            }
            case BtfOutcome.Parsed(Btf btf) -> new Encoding(btf, object.maps(), problems).encode(globals);
        };
    }

    /** A variable and its section. */
    private record Located(DataSection section, Placed placed, Variable variable) {}

    private record Encoding(Btf btf, List<MapDefinition> maps, Problems problems) {
        Outcome encode(Map<String, JsonNode> globals) {
            Map<String, Located> variables = variables();
            Map<String, byte[]> images = new HashMap<>();
            new TreeMap<>(globals).forEach((name, value) -> {
                Located at = variables.get(name);
                Optional<String> obstacle = at == null ? Optional.of(unknown(name, variables)) : obstacle(at);
                if (at == null || obstacle.isPresent()) {
                    problems.add(name, obstacle.orElseThrow());
                    return;
                }
                byte[] image = images.computeIfAbsent(
                        at.section().name(), s -> section(s).orElseThrow());
                new ValueEncoder(btf)
                        .encode(
                                at.variable().type(),
                                value,
                                name,
                                image,
                                at.placed().offset())
                        .forEach(p -> problems.add(p.path(), p.message()));
            });
            if (!problems.list().isEmpty()) {
                return new Outcome.Rejected(problems.list());
            }
            images.entrySet()
                    .removeIf(
                            e -> Arrays.equals(e.getValue(), section(e.getKey()).orElseThrow()));
            return new Outcome.Encoded(images);
        }

        private Map<String, Located> variables() {
            Map<String, Located> found = new HashMap<>();
            for (DataSection section : btf.dataSections()) {
                for (Placed placed : section.variables()) {
                    if (!section.name().equals(".maps") && btf.type(placed.id()) instanceof Variable variable) {
                        found.merge(
                                variable.name(), new Located(section, placed, variable), (a, b) -> settable(a) ? a : b);
                    }
                }
            }
            return found;
        }

        private Optional<byte[]> section(String name) {
            return maps.stream()
                    .filter(m -> m.dataSection() && m.name().equals(name))
                    .map(MapDefinition::initialValue)
                    .findFirst();
        }

        private static boolean settable(Located at) {
            return at.section().name().startsWith(".rodata") && at.variable().linkage() == Linkage.GLOBAL;
        }

        private String unknown(String name, Map<String, Located> variables) {
            Collection<String> settable = variables.entrySet().stream()
                    .filter(e -> settable(e.getValue())
                            && btf.isVolatile(e.getValue().variable().type()))
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toCollection(TreeSet::new));
            return "the object has no global variable of this name"
                    + (settable.isEmpty() ? " and no const volatile ones at all" : Nearest.hint(name, settable));
        }

        private Optional<String> obstacle(Located at) {
            String section = at.section().name();
            String remedy = "only const volatile variables can be set before a load";
            if (section.startsWith(".data") || section.startsWith(".bss")) {
                return Optional.of("is in " + section + ", where the program may change it; " + remedy);
            }
            if (section.equals(".kconfig")
                    || section.equals(".ksyms")
                    || at.variable().linkage() == Linkage.EXTERN) {
                return Optional.of("is extern (" + section + "): its value comes from the kernel; " + remedy);
            }
            if (!section.startsWith(".rodata")) {
                return Optional.of("is in section " + section + "; " + remedy);
            }
            if (at.variable().linkage() == Linkage.STATIC) {
                return Optional.of(
                        "is static, so it has no place that can be found by name; declare it without static");
            }
            if (!btf.isVolatile(at.variable().type())) {
                return Optional.of("is const but not volatile, so the compiler may have used its old value already; "
                        + "declare it const volatile");
            }
            return misplaced(at);
        }

        /** BTF is data from outside: what it says about places is checked against the section's real size. */
        private Optional<String> misplaced(Located at) {
            Optional<byte[]> image = section(at.section().name());
            int size = btf.sizeOf(at.variable().type());
            if (image.isEmpty()) {
                return Optional.of("is in " + at.section().name() + ", but the object has no such section");
            }
            boolean fits = size >= 0
                    && size == at.placed().size()
                    && (long) at.placed().offset() + size <= image.get().length
                    && at.section().size() == image.get().length;
            return fits
                    ? Optional.empty()
                    : Optional.of("cannot be found: the object's BTF does not agree with its section "
                            + at.section().name());
        }
    }
}
