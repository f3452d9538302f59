package io.bpfchain.agent;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.crds.file.Places;
import io.bpfchain.planner.Guarantee;
import io.bpfchain.planner.PlanText;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What came of apply, plan, delete and rollback. */
public sealed interface ApplyOutcome {
    /** Whole sentences, also about what else happened: every change first finishes what earlier ones left undone, of other chains too. */
    List<String> warnings();

    /** The same, with warnings about what happened before it. */
    default ApplyOutcome after(List<String> earlier) {
        List<String> all = Stream.concat(earlier.stream(), warnings().stream()).toList();
        return switch (this) {
            case Done done -> new Done(done.chains(), all);
            case Refused refused -> new Refused(refused.problems(), all);
            case Failed failed -> new Failed(failed.problems(), failed.hooks(), all);
        };
    }

    /**
     * Done (or, for plan and dry run: possible).
     *
     * @param chains one for each chain, in the order they were given
     */
    record Done(List<ChainChange> chains, List<String> warnings) implements ApplyOutcome {
        public Done {
            chains = List.copyOf(chains);
            warnings = List.copyOf(warnings);
        }
    }

    /** Cannot be done as asked; nothing of it was changed. Exit code 3, or 4 when a privilege is missing, or 2 when the chain itself is wrong. */
    record Refused(List<Problem> problems, List<String> warnings) implements ApplyOutcome {
        public Refused {
            problems = List.copyOf(problems);
            warnings = List.copyOf(warnings);
        }

        public Refused(List<Problem> problems) {
            this(problems, List.of());
        }
    }

    /** Began and could not be finished. {@code hooks} says what each hook runs now. Exit code 1. */
    record Failed(List<Problem> problems, List<HookChange> hooks, List<String> warnings) implements ApplyOutcome {
        public Failed {
            problems = List.copyOf(problems);
            hooks = List.copyOf(hooks);
            warnings = List.copyOf(warnings);
        }

        public Failed(List<Problem> problems, List<HookChange> hooks) {
            this(problems, hooks, List.of());
        }
    }

    /**
     * One thing that stands in the way.
     *
     * @param kind who has to act
     * @param reason CamelCase, for machines
     * @param subject the chain, field path, hook or file it is about
     * @param message what was attempted, on what, and what came back
     * @param remedy what to do, a whole sentence
     * @param place where in a chain it comes from; empty where it is about the machine
     */
    record Problem(Kind kind, String reason, String subject, String message, String remedy, Optional<Place> place) {
        public Problem {
            Objects.requireNonNull(place);
        }

        public Problem(Kind kind, String reason, String subject, String message, String remedy) {
            this(kind, reason, subject, message, remedy, Optional.empty());
        }

        /** The same about a field of a chain. */
        public Problem at(Place where) {
            return new Problem(kind, reason, subject, message, remedy, Optional.of(where));
        }

        /** The same with another remedy. */
        public Problem withRemedy(String other) {
            return new Problem(kind, reason, subject, message, other, place);
        }

        /** The place and the message, for people. */
        public String text() {
            return place.map(p -> p + ": ").orElse("") + message;
        }

        /** All of them for a log or a status: each with its remedy on the line behind it. */
        public static String text(List<Problem> problems) {
            return problems.stream()
                    .map(p -> p.text() + (p.remedy().isEmpty() ? "" : "\n" + p.remedy()))
                    .collect(Collectors.joining("\n"));
        }

        /** Decides the exit code. */
        public enum Kind {
            INVALID,
            REFUSED,
            NOT_PERMITTED,
            FAILED
        }
    }

    /**
     * A field of a chain.
     *
     * @param file as the user named it; {@code <revision 3>} for a revision that the machine keeps
     * @param line 1-based; 0 where it is not known
     * @param field for example {@code spec.objects[0].globals.port}
     */
    record Place(String file, int line, String chain, String field) {
        /** Of a field of a chain that was read. */
        public static Place of(Places places, String chain, String field) {
            return new Place(places.file(), places.line(field), chain, places.field(field));
        }

        @Override
        public String toString() {
            return file + (line > 0 ? ":" + line : "") + ": chain " + chain + ": " + field;
        }
    }

    /**
     * What happens, or happened, to one chain.
     *
     * @param verb {@code created}, {@code configured}, {@code unchanged}, {@code deleted}, {@code rolled back}
     * @param hooks those of the chain, each with the chain's own steps
     * @param rollback of a rollback, which revisions it is about
     */
    record ChainChange(
            String chain,
            String verb,
            int revision,
            List<HookChange> hooks,
            List<MapChange> maps,
            Optional<RevisionsOfRollback> rollback) {
        public ChainChange {
            hooks = List.copyOf(hooks);
            maps = List.copyOf(maps);
            Objects.requireNonNull(rollback);
        }

        public ChainChange(String chain, String verb, int revision, List<HookChange> hooks, List<MapChange> maps) {
            this(chain, verb, revision, hooks, maps, Optional.empty());
        }

        /** The same as what a rollback did; one that made no new revision keeps its verb, as one of a deleted chain does. */
        public ChainChange rolledBack(RevisionsOfRollback revisions) {
            boolean back = verb.equals("configured") && revision != revisions.from();
            return new ChainChange(chain, back ? "rolled back" : verb, revision, hooks, maps, Optional.of(revisions));
        }
    }

    /**
     * What a rollback is about. What it brings back gets a number of its own, unless it is what runs already.
     *
     * @param from what ran before; of a deleted chain the last that ran
     * @param to what is applied again
     */
    record RevisionsOfRollback(int from, int to) {}

    /**
     * What happens at one hook.
     *
     * @param cgroup path
     * @param attachType bpftool's name
     * @param steps in their order; empty when nothing differs
     * @param runs the list afterwards (or, after a failure, now), in order
     */
    record HookChange(String cgroup, String attachType, List<StepLine> steps, List<ListedEntry> runs) {
        public HookChange {
            steps = List.copyOf(steps);
            runs = List.copyOf(runs);
        }
    }

    /**
     * One step for people and machines.
     *
     * @param action {@code attach}, {@code replace}, {@code detach}
     * @param program what is brought in, or taken out
     * @param old what a replacement takes the place of
     * @param position where an attachment is put
     * @param copy whether it is loaded once more, because this version is in the list already
     * @param holds which promises hold
     * @param detail in words, for example {@code sha256:ab12... -> sha256:cd34...} or {@code after egress-firewall/count}
     */
    record StepLine(
            String action,
            ListedEntry.Ours program,
            Optional<ListedEntry> old,
            Optional<Position> position,
            boolean copy,
            Guarantee holds,
            String detail) {
        public StepLine {
            Objects.requireNonNull(program);
            Objects.requireNonNull(old);
            Objects.requireNonNull(position);
            Objects.requireNonNull(holds);
        }

        /** For example {@code egress-firewall/block-metadata}. */
        public String entry() {
            return program.name();
        }

        /** {@code hitless}, or what does not hold. */
        public String guarantee() {
            return PlanText.guarantee(holds);
        }

        /** The whole step in words. */
        public String text() {
            return action + " " + entry() + (detail.isEmpty() ? "" : " " + detail) + ": " + guarantee();
        }
    }

    /**
     * A place in a list.
     *
     * @param where {@code end}, {@code before}, {@code after}
     * @param neighbour empty at the end
     */
    record Position(String where, Optional<ListedEntry> neighbour) {
        public Position {
            Objects.requireNonNull(where);
            Objects.requireNonNull(neighbour);
        }
    }

    /**
     * What becomes of a map.
     *
     * @param declared how many entries the chain declares for a new map; otherwise 0
     * @param entries single changes in the order in which they are made; not copied, because a long list is decoded only where
     *     somebody looks at it
     * @param notes whole sentences
     */
    record MapChange(
            String object, String map, Fate fate, int declared, List<EntryChange> entries, List<String> notes) {
        public MapChange {
            Objects.requireNonNull(fate);
            Objects.requireNonNull(entries);
            notes = List.copyOf(notes);
        }

        /** In words, without the single changes. */
        public String text() {
            return "map " + map + ": "
                    + switch (fate) {
                        case KEPT -> "kept with its contents";
                        case ANEW -> "starts anew";
                        case FILLED -> "new, with " + count(declared, "entry", "entries");
                        case SWAPPED ->
                            "new, with " + count(declared, "entry", "entries") + ", swapped in with the program";
                        case CHANGED -> count(entries.size(), "entry changes", "entries change");
                    };
        }

        private static String count(int count, String one, String many) {
            return count + " " + (count == 1 ? one : many);
        }
    }

    /** What becomes of a map. */
    enum Fate {
        /** The live map is carried over with its contents. */
        KEPT,
        /** A new map takes its place. */
        ANEW,
        /** A new map with declared entries. */
        FILLED,
        /** A new map with declared entries takes the place of the live one at the moment of the replacement. */
        SWAPPED,
        /** Entries of the live map change one by one. */
        CHANGED
    }

    /**
     * One entry that changes.
     *
     * @param old empty where the entry is new
     * @param value empty where the entry is removed
     */
    record EntryChange(JsonNode key, Optional<JsonNode> old, Optional<JsonNode> value) {
        public EntryChange {
            Objects.requireNonNull(key);
            Objects.requireNonNull(old);
            Objects.requireNonNull(value);
        }
    }
}
