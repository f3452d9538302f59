package io.bpfchain.crds.file;

import static java.util.Map.entry;

import io.bpfchain.crds.ChainRules;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The CEL rules of the CRD, once more. A rule looks only at parts of the right kind, so that it can be checked in a document that has
 * other errors.
 */
final class RuleCheck {
    /** Possessive, or a path of many segments would exhaust the stack. */
    private static final Pattern PATH = Pattern.compile("(?:/[^/\\x00-\\x1f\\x7f]++)++");

    private static final Pattern DOTS = Pattern.compile("/[.][.]?(/|$)");
    private static final Pattern OTHER_WILDCARDS = Pattern.compile("[*][*]|[\\[\\]{}]");
    private static final Pattern HTTPS = Pattern.compile("https://[^/?#@\\s]+([/?][^#\\s]*)?");
    private static final Pattern CHAIN_NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?");

    private static final Map<String, Function<Tree.Mapping, Optional<Broken>>> RULES = Map.ofEntries(
            entry(ChainRules.CHAIN_NAME, RuleCheck::chainName),
            entry(ChainRules.PROGRAM_NAMES, spec -> firstRepeated(programs(spec), "programs", p -> p.text("name"))),
            entry(ChainRules.OBJECT_NAMED, RuleCheck::objectNamed),
            entry(ChainRules.OBJECT_EXISTS, RuleCheck::objectExists),
            entry(ChainRules.OBJECT_USED, RuleCheck::objectUsed),
            entry(ChainRules.FUNCTION_ONCE, RuleCheck::functionOnce),
            entry(
                    ChainRules.CGROUP_PATH,
                    c -> scalar(
                            c,
                            "path",
                            p -> !p.equals("/")
                                    && (!PATH.matcher(p).matches()
                                            || DOTS.matcher(p).find()))),
            entry(
                    ChainRules.CGROUP_WILDCARDS,
                    c -> scalar(c, "path", p -> OTHER_WILDCARDS.matcher(p).find())),
            entry(ChainRules.ONE_CGROUP, c -> notOne(c, "path", "kubepods", "pods")),
            entry(ChainRules.SELECTOR_VALUES, RuleCheck::selectorValues),
            entry(ChainRules.ONE_SOURCE, s -> notOne(s, "file", "url", "configMap", "oci")),
            entry(ChainRules.ONE_ENTRIES_SOURCE, s -> notOne(s, "file", "configMap", "oci")),
            entry(ChainRules.HTTPS, s -> scalar(s, "url", u -> !HTTPS.matcher(u).matches())),
            entry(ChainRules.ONE_ENTRIES, m -> map(m, m.get("entries") != null && m.get("entriesFrom") != null)),
            entry(ChainRules.WITH_PROGRAM_ENTRIES, m -> map(m, withProgram(m) && !declared(m))),
            entry(ChainRules.WRITTEN_ENTRIES, m -> map(m, written(m) && !declared(m))),
            entry(ChainRules.WITH_PROGRAM_WRITTEN, m -> map(m, withProgram(m) && written(m))),
            entry(ChainRules.WITH_PROGRAM_SHARED, m -> map(m, withProgram(m) && m.get("sharedAs") != null)),
            entry(
                    ChainRules.SHARED_FRESH,
                    m -> map(m, "Fresh".equals(m.text("onUpdate")) && m.get("sharedAs") != null)));

    private RuleCheck() {}

    /**
     * Where an object breaks a rule.
     *
     * @param what the rule's sentence does not say: which program, object or map it is about; may be empty
     */
    record Broken(int line, String what) {}

    /** Where an object breaks a rule, or empty where it keeps it. */
    static Optional<Broken> brokenAt(String message, Tree.Mapping object) {
        Function<Tree.Mapping, Optional<Broken>> rule = RULES.get(message);
        if (rule == null) {
            throw new IllegalStateException("the CRD has a rule that the reader does not know: " + message);
        }
        return rule.apply(object);
    }

    private static Optional<Broken> chainName(Tree.Mapping root) {
        return root.get("metadata") instanceof Tree.Mapping metadata
                ? scalar(metadata, "name", n -> !CHAIN_NAME.matcher(n).matches())
                : Optional.empty();
    }

    private static Optional<Broken> objectNamed(Tree.Mapping spec) {
        return spec.mappings("objects").size() <= 1
                ? Optional.empty()
                : first(programs(spec), "programs", p -> p.get("object") == null);
    }

    private static Optional<Broken> objectExists(Tree.Mapping spec) {
        Set<@Nullable String> names = new TreeSet<>(Comparator.nullsFirst(Comparator.naturalOrder()));
        spec.mappings("objects").forEach(o -> names.add(o.text("name")));
        String there = names.stream().map(RuleCheck::quoted).collect(Collectors.joining(", "));
        return first(
                programs(spec),
                "programs",
                p -> p.text("object") != null && !names.contains(p.text("object")),
                p -> " names " + quoted(p.text("object")) + "; there is " + there);
    }

    private static Optional<Broken> objectUsed(Tree.Mapping spec) {
        List<Tree.Mapping> objects = spec.mappings("objects");
        Set<@Nullable String> used = new HashSet<>();
        programs(spec).forEach(p -> used.add(p.text("object")));
        return objects.size() <= 1
                ? Optional.empty()
                : first(objects, "objects", o -> o.text("name") != null && !used.contains(o.text("name")));
    }

    private static Optional<Broken> functionOnce(Tree.Mapping spec) {
        boolean oneObject = spec.mappings("objects").size() <= 1;
        return firstRepeated(
                programs(spec), "programs", p -> (oneObject ? "" : p.text("object")) + "/" + p.text("function"));
    }

    private static List<Tree.Mapping> programs(Tree.Mapping spec) {
        return spec.mappings("programs");
    }

    private static boolean withProgram(Tree.Mapping map) {
        return "WithProgram".equals(map.text("onEntriesChange"));
    }

    private static boolean written(Tree.Mapping map) {
        return map.get("writtenByProgram") instanceof Tree.Scalar s && s.value().equals(new ScalarValue.Bool(true));
    }

    private static boolean declared(Tree.Mapping map) {
        return map.get("entries") != null || map.get("entriesFrom") != null;
    }

    private static Optional<Broken> notOne(Tree.Mapping object, String... fields) {
        return at(object, Stream.of(fields).filter(f -> object.get(f) != null).count() != 1);
    }

    private static Optional<Broken> selectorValues(Tree.Mapping requirement) {
        String operator = requirement.text("operator");
        boolean needed = "In".equals(operator) || "NotIn".equals(operator);
        boolean given = requirement.get("values") instanceof Tree.Sequence values
                && !values.items().isEmpty();
        return at(requirement, operator != null && needed != given);
    }

    private static Optional<Broken> at(Tree tree, boolean broken) {
        return broken ? Optional.of(new Broken(tree.line(), "")) : Optional.empty();
    }

    private static Optional<Broken> map(Tree.Mapping map, boolean broken) {
        String name = map.text("name");
        return broken
                ? Optional.of(new Broken(map.line(), name == null ? "" : "map " + quoted(name)))
                : Optional.empty();
    }

    private static Optional<Broken> scalar(Tree.Mapping object, String field, Predicate<String> broken) {
        return object.get(field) instanceof Tree.Scalar scalar
                        && scalar.value() instanceof ScalarValue.Text(String text)
                        && broken.test(text)
                ? Optional.of(new Broken(scalar.line(), ""))
                : Optional.empty();
    }

    private static Optional<Broken> first(List<Tree.Mapping> items, String list, Predicate<Tree.Mapping> broken) {
        return first(items, list, broken, item -> "");
    }

    private static Optional<Broken> first(
            List<Tree.Mapping> items,
            String list,
            Predicate<Tree.Mapping> broken,
            Function<Tree.Mapping, String> detail) {
        for (int i = 0; i < items.size(); i++) {
            Tree.Mapping item = items.get(i);
            if (broken.test(item)) {
                return Optional.of(new Broken(item.line(), item(item, list, i) + detail.apply(item)));
            }
        }
        return Optional.empty();
    }

    private static Optional<Broken> firstRepeated(
            List<Tree.Mapping> items, String list, Function<Tree.Mapping, @Nullable String> key) {
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            String value = key.apply(items.get(i));
            Integer before = value == null ? null : seen.putIfAbsent(value, i);
            if (before != null) {
                return Optional.of(new Broken(
                        items.get(i).line(),
                        item(items.get(before), list, before) + " and " + item(items.get(i), list, i)));
            }
        }
        return Optional.empty();
    }

    private static String item(Tree.Mapping item, String list, int index) {
        String name = item.text("name");
        return list + "[" + index + "]" + (name == null ? "" : " " + quoted(name));
    }

    private static String quoted(@Nullable String name) {
        return "\"" + name + "\"";
    }
}
