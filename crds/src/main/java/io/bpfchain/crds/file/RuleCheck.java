package io.bpfchain.crds.file;

import static java.util.Map.entry;

import io.bpfchain.crds.ChainRules;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
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

    private static final Map<String, Function<Tree.Mapping, OptionalInt>> RULES = Map.ofEntries(
            entry(ChainRules.CHAIN_NAME, RuleCheck::chainName),
            entry(ChainRules.PROGRAM_NAMES, spec -> firstRepeated(programs(spec), p -> p.text("name"))),
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
            entry(ChainRules.ONE_ENTRIES, m -> at(m, m.get("entries") != null && m.get("entriesFrom") != null)),
            entry(ChainRules.WITH_PROGRAM_ENTRIES, m -> at(m, withProgram(m) && !declared(m))),
            entry(ChainRules.WRITTEN_ENTRIES, m -> at(m, written(m) && !declared(m))),
            entry(ChainRules.WITH_PROGRAM_WRITTEN, m -> at(m, withProgram(m) && written(m))),
            entry(ChainRules.WITH_PROGRAM_SHARED, m -> at(m, withProgram(m) && m.get("sharedAs") != null)),
            entry(
                    ChainRules.SHARED_FRESH,
                    m -> at(m, "Fresh".equals(m.text("onUpdate")) && m.get("sharedAs") != null)));

    private RuleCheck() {}

    /** The line at which an object breaks a rule, or empty where it keeps it. */
    static OptionalInt brokenAt(String message, Tree.Mapping object) {
        Function<Tree.Mapping, OptionalInt> rule = RULES.get(message);
        if (rule == null) {
            throw new IllegalStateException("the CRD has a rule that the reader does not know: " + message);
        }
        return rule.apply(object);
    }

    private static OptionalInt chainName(Tree.Mapping root) {
        return root.get("metadata") instanceof Tree.Mapping metadata
                ? scalar(metadata, "name", n -> !CHAIN_NAME.matcher(n).matches())
                : OptionalInt.empty();
    }

    private static OptionalInt objectNamed(Tree.Mapping spec) {
        return spec.mappings("objects").size() <= 1
                ? OptionalInt.empty()
                : first(programs(spec), p -> p.get("object") == null);
    }

    private static OptionalInt objectExists(Tree.Mapping spec) {
        Set<@Nullable String> names = new HashSet<>();
        spec.mappings("objects").forEach(o -> names.add(o.text("name")));
        return first(programs(spec), p -> p.text("object") != null && !names.contains(p.text("object")));
    }

    private static OptionalInt objectUsed(Tree.Mapping spec) {
        List<Tree.Mapping> objects = spec.mappings("objects");
        Set<@Nullable String> used = new HashSet<>();
        programs(spec).forEach(p -> used.add(p.text("object")));
        return objects.size() <= 1
                ? OptionalInt.empty()
                : first(objects, o -> o.text("name") != null && !used.contains(o.text("name")));
    }

    private static OptionalInt functionOnce(Tree.Mapping spec) {
        boolean oneObject = spec.mappings("objects").size() <= 1;
        return firstRepeated(programs(spec), p -> (oneObject ? "" : p.text("object")) + "/" + p.text("function"));
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

    private static OptionalInt notOne(Tree.Mapping object, String... fields) {
        return at(object, Stream.of(fields).filter(f -> object.get(f) != null).count() != 1);
    }

    private static OptionalInt selectorValues(Tree.Mapping requirement) {
        String operator = requirement.text("operator");
        boolean needed = "In".equals(operator) || "NotIn".equals(operator);
        boolean given = requirement.get("values") instanceof Tree.Sequence values
                && !values.items().isEmpty();
        return at(requirement, operator != null && needed != given);
    }

    private static OptionalInt at(Tree tree, boolean broken) {
        return broken ? OptionalInt.of(tree.line()) : OptionalInt.empty();
    }

    private static OptionalInt scalar(Tree.Mapping object, String field, Predicate<String> broken) {
        return object.get(field) instanceof Tree.Scalar scalar
                        && scalar.value() instanceof ScalarValue.Text(String text)
                        && broken.test(text)
                ? OptionalInt.of(scalar.line())
                : OptionalInt.empty();
    }

    private static OptionalInt first(List<Tree.Mapping> items, Predicate<Tree.Mapping> broken) {
        return items.stream().filter(broken).mapToInt(Tree::line).findFirst();
    }

    private static OptionalInt firstRepeated(List<Tree.Mapping> items, Function<Tree.Mapping, @Nullable String> key) {
        Set<String> seen = new HashSet<>();
        return first(items, item -> {
            String value = key.apply(item);
            return value != null && !seen.add(value);
        });
    }
}
