package io.bpfchain.planner;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What a reader of a plan should know although it stops nothing. */
final class Warnings {
    private Warnings() {}

    static List<String> of(ObservedHook observed, DesiredHook desired, List<PlannedStep> steps) {
        List<String> warnings = new ArrayList<>();
        List<Entry> unmentioned = observed.entries().stream()
                .filter(e -> e.owner() instanceof Owner.Ours o
                        && !desired.mentions(o.key().chain()))
                .toList();
        if (!unmentioned.isEmpty()) {
            warnings.add("%s at %s: the chain is neither wanted nor retired here, so the entry stays where it is."
                    .formatted(
                            unmentioned.stream().map(Entry::toString).collect(Collectors.joining(", ")),
                            observed.hook()));
        }
        Set<EntryId> touched = touched(steps);
        for (Entry entry : observed.entries()) {
            if (entry.holder() == Holder.UNKNOWN && touched.contains(entry.id())) {
                warnings.add(
                        "Whether a bpf_link holds %s at %s could not be found out; it is taken to be attached as a plain program."
                                .formatted(entry, observed.hook()));
            }
        }
        if (steps.stream().anyMatch(s -> !(s.step() instanceof Step.Detach))) {
            above(observed, warnings);
        }
        return warnings;
    }

    private static void above(ObservedHook observed, List<String> warnings) {
        switch (observed.above()) {
            case ObservedHook.Above.Nothing n -> {}
            case ObservedHook.Above.Unknown u ->
                warnings.add(
                        "The ancestors of %s cannot be seen (%s); an exclusive list above it would make the kernel refuse with EPERM, or would be hidden."
                                .formatted(observed.hook(), u.cause()));
            case ObservedHook.Above.List l -> {
                if (l.mode() == ListMode.OVERRIDE) {
                    warnings.add("The list at %s hides the one that its ancestor %s holds in mode OVERRIDE, as before."
                            .formatted(observed.hook(), l.cgroupPath()));
                }
            }
        }
    }

    private static Set<EntryId> touched(List<PlannedStep> steps) {
        Set<EntryId> ids = new LinkedHashSet<>();
        for (PlannedStep planned : steps) {
            switch (planned.step()) {
                case Step.Attach a -> {
                    switch (a.at()) {
                        case Position.Tail t -> {}
                        case Position.Before b -> add(ids, b.anchor());
                        case Position.After b -> add(ids, b.anchor());
                    }
                }
                case Step.Replace r -> add(ids, r.old());
                case Step.Detach d -> add(ids, d.entry());
            }
        }
        return ids;
    }

    private static void add(Set<EntryId> ids, EntryRef ref) {
        switch (ref) {
            case EntryRef.Observed o -> ids.add(o.id());
            case EntryRef.Planned p -> {}
        }
    }
}
