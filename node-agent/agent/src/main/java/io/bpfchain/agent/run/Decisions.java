package io.bpfchain.agent.run;

import io.bpfchain.agent.run.Memory.Missing;
import io.bpfchain.crds.file.ChainDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Decides what the daemon does. Absence is never an instruction by itself: a chain is deleted only when the folder could be read, has
 * other files, all of them valid, and none has named the chain for the time of grace.
 *
 * @param manager how this daemon's chains are marked, {@code run:<directory>}; all others are left alone
 */
public record Decisions(String manager, Timing timing) {
    static final String FOLDER = "folder";

    public Decisions {
        Objects.requireNonNull(manager);
        Objects.requireNonNull(timing);
    }

    /**
     * Decides.
     *
     * @param sources how the files that the chains refer to look
     * @param managers of the chains that the machine has, by chain name
     */
    public Decision decide(Memory memory, Seen seen, Sources sources, Map<String, String> managers, Instant now) {
        return switch (seen) {
            case Seen.Unreadable unreadable ->
                keepAll(
                        memory,
                        Map.of(FOLDER, unreadable.message() + "; everything stays attached as it is"),
                        sources,
                        managers,
                        now,
                        now.plus(timing.absent()));
            case Seen.Listed listed
            when listed.files().isEmpty() && hasHadFiles(memory, managers) ->
                keepAll(memory, Map.of(FOLDER, allGone(managers)), sources, managers, now, now.plus(timing.refresh()));
            case Seen.Listed listed -> follow(memory, listed, sources, managers, now);
        };
    }

    private String allGone(Map<String, String> managers) {
        String chains = managers.keySet().stream()
                .filter(chain -> manager.equals(managers.get(chain)))
                .sorted()
                .collect(Collectors.joining(", "));
        return "all chain files are gone; "
                + (chains.isEmpty()
                        ? "none of their chains is on this machine"
                        : "everything stays attached as it is (" + chains
                                + "). To take a chain out although no file is left:"
                                + " bpfchain delete chain NAME --force");
    }

    private boolean hasHadFiles(Memory memory, Map<String, String> managers) {
        return !memory.good().isEmpty() || !memory.missing().isEmpty() || managers.containsValue(manager);
    }

    /** Goes on with what was last known; the time of grace begins anew when the files are back. */
    private Decision keepAll(
            Memory memory,
            Map<String, String> errors,
            Sources sources,
            Map<String, String> managers,
            Instant now,
            Instant next) {
        Map<String, Missing> excused = new HashMap<>();
        missing(memory, memory.good(), managers, now)
                .forEach((chain, missing) -> excused.put(chain, new Missing(now, missing.last())));
        Memory kept = new Memory(memory.good(), excused, memory.tried(), memory.refreshed(), memory.kept());
        return withApply(kept, new TreeMap<>(errors), List.of(), true, sources, managers, now, next);
    }

    private Decision follow(
            Memory memory, Seen.Listed listed, Sources sources, Map<String, String> managers, Instant now) {
        Map<String, String> errors = new TreeMap<>();
        Map<String, List<ChainDocument>> good = new HashMap<>();
        boolean allValid = true;
        for (Map.Entry<String, Seen.File> file : listed.files().entrySet()) {
            List<ChainDocument> before = memory.good().get(file.getKey());
            switch (file.getValue()) {
                case Seen.File.Valid valid -> good.put(file.getKey(), valid.documents());
                case Seen.File.Unsettled unsettled -> {
                    allValid = false;
                    keep(good, file.getKey(), before);
                }
                case Seen.File.Invalid invalid -> {
                    allValid = false;
                    keep(good, file.getKey(), before);
                    errors.put(
                            file.getKey(),
                            String.join("\n", invalid.errors())
                                    + (before == null
                                            ? "\nno valid version of it has been seen since the start; what it had applied"
                                                    + " before stays in force"
                                            : "\nthe last valid version stays in force"));
                }
            }
        }
        Map<String, Missing> missing = missing(memory, good, managers, now);
        List<String> delete = new ArrayList<>();
        Instant next = now.plus(timing.refresh());
        List<String> invalid = invalid(listed);
        for (Map.Entry<String, Missing> chain : missing.entrySet()) {
            Instant end = chain.getValue().since().plus(timing.grace());
            if (!end.isAfter(now) && allValid) {
                delete.add(chain.getKey());
            } else if (!end.isAfter(now) && !invalid.isEmpty()) {
                errors.put(chain.getKey(), waits(chain.getKey(), invalid));
            } else if (end.isAfter(now) && end.isBefore(next)) {
                next = end;
            }
        }
        delete.sort(Comparator.naturalOrder());
        delete.forEach(missing::remove);
        if (listed.files().containsValue(new Seen.File.Unsettled())) {
            next = now.plus(timing.settle());
        }
        Map<String, Memory.Tried> tried = new HashMap<>(memory.tried());
        delete.forEach(tried::remove); // a file that comes back later is new
        Memory kept = new Memory(good, missing, tried, memory.refreshed(), memory.kept());
        return withApply(kept, errors, delete, !allValid, sources, managers, now, next);
    }

    private static List<String> invalid(Seen.Listed listed) {
        return listed.files().entrySet().stream()
                .filter(f -> f.getValue() instanceof Seen.File.Invalid)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private static String waits(String chain, List<String> invalid) {
        String files = String.join(", ", invalid);
        return "chain " + chain + " is named by no valid file, and waits to be deleted until " + files
                + (invalid.size() == 1 ? " is valid, which" : " are valid, which")
                + " may name it; until then it runs on";
    }

    private static void keep(
            Map<String, List<ChainDocument>> good,
            String file,
            @org.jspecify.annotations.Nullable List<ChainDocument> before) {
        if (before != null) {
            good.put(file, before);
        }
    }

    /** Chains that this daemon made, or wanted to make, and that no file names now. */
    private Map<String, Missing> missing(
            Memory memory, Map<String, List<ChainDocument>> good, Map<String, String> managers, Instant now) {
        Map<String, ChainDocument> before = new HashMap<>();
        memory.good().values().forEach(documents -> documents.forEach(d -> before.put(d.name(), d)));
        Map<String, Missing> missing = new TreeMap<>();
        managers.forEach((chain, by) -> {
            if (by.equals(manager)
                    && good.values().stream()
                            .flatMap(List::stream)
                            .noneMatch(d -> d.name().equals(chain))) {
                Missing known = memory.missing().get(chain);
                missing.put(chain, known != null ? known : new Missing(now, Optional.ofNullable(before.get(chain))));
            }
        });
        return missing;
    }

    /**
     * Adds what to apply: everything when a refresh is due, otherwise what differs from what was last tried. A chain of which a file
     * may still be written waits.
     *
     * @param incomplete whether chains of this folder may be meant to run though no file names them
     */
    private Decision withApply(
            Memory memory,
            Map<String, String> errors,
            List<String> delete,
            boolean incomplete,
            Sources sources,
            Map<String, String> managers,
            Instant now,
            Instant end) {
        Set<String> kept = kept(memory, managers);
        delete.forEach(kept::remove);
        List<ChainDocument> wanted = wanted(memory, errors, managers).stream()
                .filter(d -> !leftOut(d, kept, memory, sources, managers, errors))
                .toList();
        List<ChainDocument> settled =
                wanted.stream().filter(d -> !sources.unsettledFor(d)).toList();
        Instant due = memory.refreshed().map(r -> r.plus(timing.refresh())).orElse(now);
        boolean everything = !due.isAfter(now);
        List<ChainDocument> apply = everything
                ? settled
                : settled.stream().filter(d -> !memory.hasTried(d, sources)).toList();
        List<String> restore = everything && incomplete ? unknown(memory) : List.of();
        Instant refresh = everything ? now.plus(timing.refresh()) : due;
        Instant soonest = refresh.isBefore(end) ? refresh : end;
        Instant written = now.plus(timing.settle());
        boolean waits = settled.size() < wanted.size() && written.isBefore(soonest);
        apply.stream()
                .map(ChainDocument::name)
                .filter(c -> !managers.containsKey(c))
                .forEach(kept::remove); // to be made again: only once it is there it can have been taken out
        Memory next = new Memory(memory.good(), memory.missing(), memory.tried(), memory.refreshed(), kept);
        return new Decision(next, apply, restore, everything, delete, errors, waits ? written : soonest);
    }

    /** Chains of this daemon that the machine has, or had. */
    private Set<String> kept(Memory memory, Map<String, String> managers) {
        Set<String> kept = new HashSet<>(memory.kept());
        managers.forEach((chain, by) -> {
            if (by.equals(manager)) {
                kept.add(chain);
            }
        });
        return kept;
    }

    /** Whether somebody took the chain out, so that it stays out until its file or a file that it refers to changes. */
    private static boolean leftOut(
            ChainDocument document,
            Set<String> kept,
            Memory memory,
            Sources sources,
            Map<String, String> managers,
            Map<String, String> errors) {
        String chain = document.name();
        boolean out = kept.contains(chain) && !managers.containsKey(chain) && memory.hasTried(document, sources);
        if (out && !errors.containsKey(FOLDER)) {
            errors.put(
                    chain,
                    "chain " + chain + " (" + document.origin()
                            + ") was taken out of this machine, and not by this daemon; it is"
                            + " made again when its file changes or the daemon starts");
        }
        return out;
    }

    /** Chains of this folder of which nothing but what the machine keeps is known. */
    private static List<String> unknown(Memory memory) {
        return memory.missing().entrySet().stream()
                .filter(m -> m.getValue().last().isEmpty())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private List<ChainDocument> wanted(Memory memory, Map<String, String> errors, Map<String, String> managers) {
        Map<String, List<String>> files = new TreeMap<>();
        Map<String, ChainDocument> documents = new TreeMap<>();
        memory.missing().forEach((chain, m) -> m.last().ifPresent(d -> documents.put(chain, d)));
        new TreeMap<>(memory.good())
                .forEach((file, all) -> all.forEach(d -> {
                    files.computeIfAbsent(d.name(), n -> new ArrayList<>()).add(file);
                    documents.put(d.name(), d);
                }));
        files.forEach((chain, in) -> {
            String by = managers.getOrDefault(chain, manager);
            if (in.size() > 1) {
                documents.remove(chain);
                errors.put(
                        chain,
                        "chain " + chain + " is in several files (" + String.join(", ", in)
                                + "); it stays as it is until only one names it");
            } else if (!by.equals(manager)) {
                documents.remove(chain);
                errors.put(
                        chain,
                        "chain " + chain + " (" + in.getFirst() + ") was made by " + by
                                + " and is left alone; rename the chain in the file, or take the other out with bpfchain delete"
                                + " chain " + chain);
            }
        });
        return List.copyOf(documents.values());
    }
}
