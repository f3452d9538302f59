package io.bpfchain.planner;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything of a hook and its wishes that decides about a plan: not which cgroup it is, nor the ids and names of programs, nor the
 * revision. Hooks of equal shape have the same plan up to ids.
 *
 * @param above the mode of the nearest list above; empty when there is none
 * @param aboveUnseen whether there may be one that cannot be seen
 */
record Shape(
        ListMode mode,
        List<Slot> slots,
        Optional<ListMode> above,
        boolean aboveUnseen,
        List<DesiredChain> chains,
        Set<String> retired) {
    /**
     * One entry.
     *
     * @param runs empty for a foreign one
     */
    record Slot(Holder holder, Optional<DesiredEntry> runs) {}

    static Shape of(ObservedHook observed, DesiredHook desired) {
        return new Shape(
                observed.mode(),
                observed.entries().stream().map(Shape::slot).toList(),
                switch (observed.above()) {
                    case ObservedHook.Above.Nothing n -> Optional.empty();
                    case ObservedHook.Above.Unknown u -> Optional.empty();
                    case ObservedHook.Above.List l -> Optional.of(l.mode());
                },
                observed.above() instanceof ObservedHook.Above.Unknown,
                desired.chains(),
                desired.retired());
    }

    private static Slot slot(Entry entry) {
        return switch (entry.owner()) {
            case Owner.Ours o -> new Slot(entry.holder(), Optional.of(new DesiredEntry(o.key(), o.version())));
            case Owner.Foreign f -> new Slot(entry.holder(), Optional.empty());
        };
    }
}
