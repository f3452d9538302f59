package io.bpfchain.crds.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import io.bpfchain.crds.EntrySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of a file of entries ({@code entriesFrom.file}).
 *
 * <p>A file named {@code *.yaml}, {@code *.yml} or {@code *.json} is one list of objects with {@code key} and {@code value}. Any other
 * file has one entry a line: the key, blanks, the value. A line with a key alone has the value 1; {@code #} at the begin of a line or
 * after a blank starts a comment; empty lines are skipped. A key or value with blanks in it stands in quotes, a struct or an array is
 * written as in JSON.
 */
public final class EntriesFile {
    /** The most that is read. */
    public static final int FILE_BYTES = 64 * 1024 * 1024;

    private static final JsonNode ONE = LongNode.valueOf(1);
    private static final int MOST_ERRORS = 20;

    /** Whether a file of this name is one list, rather than an entry a line. */
    public static boolean isYaml(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
    }

    /** Reads text; the name of the file tells the format. */
    public EntriesOutcome parse(String fileName, String text) {
        boolean yaml = isYaml(fileName);
        List<PlacedEntry> entries = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        if (yaml) {
            yaml(fileName, text, entries, problems);
        } else {
            lines(fileName, text, entries, problems);
        }
        return problems.isEmpty()
                ? new EntriesOutcome.Read(entries)
                : new EntriesOutcome.Invalid(shown(problems, fileName));
    }

    private static void yaml(String fileName, String text, List<PlacedEntry> entries, List<Problem> problems) {
        YamlReader.Result read = YamlReader.read(text, FILE_BYTES);
        problems.addAll(read.problems());
        if (!problems.isEmpty() || read.documents().isEmpty()) {
            return;
        }
        Tree document = read.documents().getFirst();
        if (read.documents().size() > 1 || !(document instanceof Tree.Sequence list)) {
            problems.add(new Problem(document.line(), "", "must be one list of objects with key and value"));
            return;
        }
        problems.addAll(SchemaCheck.check(list, ChainSchema.ENTRIES, ""));
        if (problems.isEmpty()) {
            list.items()
                    .forEach(item -> entries.add(placed(SpecReader.entry((Tree.Mapping) item), fileName, item.line())));
        }
    }

    private static void lines(String fileName, String text, List<PlacedEntry> entries, List<Problem> problems) {
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            EntryLine.Words words = EntryLine.split(line);
            String keyText = words.key();
            if (keyText == null) {
                continue;
            }
            JsonNode key = value(keyText, number, "key", problems);
            JsonNode value = words.value() == null ? ONE : value(words.value(), number, "value", problems);
            if (key != null && value != null) {
                entries.add(placed(new EntrySpec(key, value), fileName, number));
            }
        }
    }

    private static @Nullable JsonNode value(String text, int line, String field, List<Problem> problems) {
        Tree tree = new Tree.Scalar(line, text, true);
        if ("\"'[{".indexOf(text.charAt(0)) >= 0) {
            YamlReader.Result read = YamlReader.read(text, FILE_BYTES);
            if (!read.problems().isEmpty() || read.documents().size() != 1) {
                problems.add(new Problem(
                        line,
                        field,
                        read.problems().isEmpty()
                                ? "is not one value"
                                : read.problems().getFirst().message()));
                return null;
            }
            tree = read.documents().getFirst();
        }
        List<Problem> found = SchemaCheck.check(tree, ChainSchema.ANY, field);
        found.forEach(p -> problems.add(new Problem(line, p.path(), p.message())));
        return found.isEmpty() ? SpecReader.json(tree) : null;
    }

    private static PlacedEntry placed(EntrySpec entry, String fileName, int line) {
        return new PlacedEntry(entry, fileName + ":" + line);
    }

    private static List<FileError> shown(List<Problem> problems, String fileName) {
        List<FileError> errors = new ArrayList<>();
        problems.stream().limit(MOST_ERRORS).forEach(p -> errors.add(p.in(fileName)));
        if (problems.size() > MOST_ERRORS) {
            errors.add(new FileError(fileName, 0, "", "and " + (problems.size() - MOST_ERRORS) + " more errors"));
        }
        return errors;
    }
}
