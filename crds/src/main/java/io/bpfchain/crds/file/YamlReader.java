package io.bpfchain.crds.file;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML and JSON into trees. What makes a file mean something else to another reader, or grow while it is read, is refused:
 * anchors, aliases, tags, keys that are not text, a key twice.
 */
final class YamlReader {
    private static final int DEEPEST = 40;
    private static final int ANY_SIZE = Integer.MAX_VALUE;

    private final Iterator<Event> events;
    private final List<Tree> documents = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    /**
     * What was read.
     *
     * @param documents without those that are empty; up to the first error of syntax
     * @param problems in the order of the text
     */
    record Result(List<Tree> documents, List<Problem> problems) {}

    private YamlReader(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(ANY_SIZE)
                .setUseMarks(true)
                .build();
        events = new Parse(settings).parseString(text).iterator();
    }

    /** Reads all documents of a text; one longer than {@code documentBytes} in UTF-8 is refused. */
    static Result read(String text, int documentBytes) {
        YamlReader reader = new YamlReader(text);
        try {
            reader.stream(text, documentBytes);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark()
                    .or(e::getContextMark)
                    .map(m -> m.getLine() + 1)
                    .orElse(1);
            reader.problems.add(new Problem(line, "", syntax(e)));
        } catch (ReaderException e) {
            int line = 1
                    + (int) text.codePoints()
                            .limit(e.getPosition())
                            .filter(c -> c == '\n')
                            .count();
            reader.problems.add(
                    new Problem(line, "", "not YAML: the character U+%04X is not allowed".formatted(e.getCodePoint())));
        } catch (YamlEngineException e) {
            reader.problems.add(new Problem(1, "", "not YAML: " + e.getMessage()));
        }
        return new Result(List.copyOf(reader.documents), List.copyOf(reader.problems));
    }

    private static String syntax(MarkedYamlEngineException e) {
        String problem = Optional.ofNullable(e.getProblem()).orElse("");
        if (problem.contains("\\t") || problem.contains("TAB")) {
            return "not YAML: a tab cannot indent; use blanks";
        }
        String context = Optional.ofNullable(e.getContext()).orElse("");
        return "not YAML: " + (context.isEmpty() ? "" : context + ", ") + problem;
    }

    private void stream(String text, int documentBytes) {
        int position = 0;
        int index = 0;
        int line = 1;
        while (events.hasNext()) {
            Event event = events.next();
            switch (event.getEventId()) {
                case DocumentStart, DocumentEnd -> {
                    Mark mark = mark(
                            event.getEventId() == Event.ID.DocumentStart ? event.getStartMark() : event.getEndMark());
                    int end = text.offsetByCodePoints(position, mark.getIndex() - index);
                    if (event.getEventId() == Event.ID.DocumentEnd) {
                        checkSize(text.substring(position, end), line, documentBytes);
                    }
                    position = end;
                    index = mark.getIndex();
                    line = mark.getLine() + 1;
                }
                case Alias, Scalar, SequenceStart, MappingStart -> {
                    Tree tree = node(event, "", 0);
                    if (!(tree instanceof Tree.Scalar scalar && scalar.value() instanceof ScalarValue.Null)) {
                        documents.add(tree);
                    }
                }
                case Comment, StreamStart, StreamEnd, SequenceEnd, MappingEnd -> {}
            }
        }
    }

    private void checkSize(String document, int line, int documentBytes) {
        int bytes = document.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > documentBytes) {
            problems.add(new Problem(
                    line,
                    "",
                    "the document has " + bytes + " bytes; at most " + documentBytes
                            + " are read: long lists of entries stand in a file of their own (entriesFrom)"));
        }
    }

    private Tree node(Event event, String path, int depth) {
        int line = mark(event.getStartMark()).getLine() + 1;
        if (event instanceof NodeEvent node
                && !(event instanceof AliasEvent)
                && node.getAnchor().isPresent()) {
            problems.add(new Problem(line, path, "anchors are not accepted: write the value out where it is needed"));
        }
        return switch (event) {
            case AliasEvent alias ->
                new Tree.Refused(
                        line, "aliases are not accepted (*" + alias.getAlias().getValue() + "): write the value out");
            case ScalarEvent scalar ->
                scalar.getTag().isPresent()
                        ? new Tree.Refused(line, tagged(scalar.getTag().get()))
                        : new Tree.Scalar(line, scalar.getValue(), scalar.isPlain());
            case CollectionStartEvent collection -> {
                if (collection.getTag().isPresent()) {
                    skipCollection();
                    yield new Tree.Refused(line, tagged(collection.getTag().get()));
                }
                if (depth >= DEEPEST) {
                    skipCollection();
                    yield new Tree.Refused(line, "nested more than " + DEEPEST + " levels deep");
                }
                yield event.getEventId() == Event.ID.MappingStart
                        ? mapping(line, path, depth + 1)
                        : sequence(line, path, depth + 1);
            }
            default -> throw new IllegalStateException("a node cannot begin with " + event);
        };
    }

    private Tree.Sequence sequence(int line, String path, int depth) {
        List<Tree> items = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            items.add(node(event, path + "[" + items.size() + "]", depth));
        }
        return new Tree.Sequence(line, items);
    }

    private Tree.Mapping mapping(int line, String path, int depth) {
        List<Tree.Field> fields = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            Tree key = node(event, path, depth);
            String name = keyName(key, path);
            String fieldPath =
                    path.isEmpty() || name == null ? path + Objects.requireNonNullElse(name, "") : path + "." + name;
            Tree value = node(events.next(), fieldPath, depth);
            if (name == null) {
                continue;
            }
            Integer first = seen.putIfAbsent(name, key.line());
            if (first == null) {
                fields.add(new Tree.Field(name, key.line(), value));
            } else {
                problems.add(new Problem(
                        key.line(), fieldPath, "duplicate field \"" + fieldPath + "\", first in line " + first));
            }
        }
        return new Tree.Mapping(line, fields);
    }

    private @Nullable String keyName(Tree key, String path) {
        if (!(key instanceof Tree.Scalar scalar)) {
            problems.add(
                    new Problem(key.line(), path, key instanceof Tree.Refused r ? r.message() : "a key must be text"));
            return null;
        }
        if (!(scalar.value() instanceof ScalarValue.Text)) {
            problems.add(new Problem(
                    key.line(),
                    path,
                    "the key " + scalar.text() + " is not text for every reader of YAML: put it in quotes"));
        }
        return scalar.text();
    }

    private static String tagged(String tag) {
        return "tags are not accepted (" + tag.replace("tag:yaml.org,2002:", "!!")
                + "): put text in quotes, write numbers and booleans without";
    }

    private void skipCollection() {
        for (int open = 1; open > 0; ) {
            switch (events.next().getEventId()) {
                case SequenceStart, MappingStart -> open++;
                case SequenceEnd, MappingEnd -> open--;
                case Alias, Scalar, Comment, StreamStart, StreamEnd, DocumentStart, DocumentEnd -> {}
            }
        }
    }

    private static Mark mark(Optional<Mark> mark) {
        return mark.orElseThrow(() -> new IllegalStateException("the parser was asked for marks"));
    }
}
