package io.bpfchain.planner;

import io.bpfchain.planner.Cell.Holds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The list while a plan is made: every slot that is there and every slot that will be, in their final order, with what each holds
 * at the moment. A change returns the step together with the guarantee that holds in the state that the step leads to.
 */
final class Layout {
    private final Situation situation;
    private final boolean unsafe;
    private final List<Cell> cells = new ArrayList<>();
    private final List<EntryKey> otherKeys = new ArrayList<>();
    private final int[] copies;
    private int count;
    private int doubled;
    private int missing;

    Layout(Situation situation, Alignment alignment) {
        this.situation = situation;
        this.copies = new int[situation.target().size() + situation.size()];
        this.unsafe = alignment.movesAny();
        for (int key = 0; key < situation.target().size(); key++) {
            missing += stays(key) ? 1 : 0;
        }
        int j = 0;
        for (int i = 0; i <= situation.size(); i++) {
            for (; j < situation.target().size() && alignment.gap(j) == i; j++) {
                cells.add(Cell.toMake(j, i == situation.size()));
            }
            if (i < situation.size()) {
                cells.add(Cell.ofSlot(alignment.content(i), holds(i)));
                j += alignment.content(i) >= 0 ? 1 : 0;
            }
        }
    }

    private Holds holds(int i) {
        count++;
        Entry entry = situation.slot(i);
        if (!situation.movable(i) || !(entry.owner() instanceof Owner.Ours ours)) {
            return Cell.FIXED;
        }
        int key = situation.wanted(i) >= 0 ? situation.wanted(i) : numberOther(ours.key());
        add(key);
        return new Holds.Ours(
                new EntryRef.Observed(entry.id()), key, ours.key().chain(), ours.version(), entry.holder());
    }

    private int numberOther(EntryKey key) {
        if (!otherKeys.contains(key)) {
            otherKeys.add(key);
        }
        return situation.target().size() + otherKeys.indexOf(key);
    }

    List<Cell> cells() {
        return cells;
    }

    /** How many entries the list holds now, those of others included. */
    int count() {
        return count;
    }

    /** How many entries with this key number the list holds now. */
    int copies(int key) {
        return copies[key];
    }

    /** Whether the cell holds what it shall hold in the end. */
    boolean isDone(Cell cell) {
        return switch (cell.holds()) {
            case Holds.Nothing n -> cell.goal() == Alignment.DROPPED;
            case Holds.Fixed f -> true;
            case Holds.Ours o ->
                o.key() == cell.goal()
                        && o.version().equals(situation.target().get(o.key()).version());
        };
    }

    PlannedStep detach(Cell cell) {
        Holds.Ours old = ours(cell);
        remove(old.key());
        count--;
        cell.hold(Cell.NOTHING);
        return planned(new Step.Detach(old.ref()));
    }

    PlannedStep replace(Cell cell) {
        Holds.Ours old = ours(cell);
        DesiredEntry by = situation.target().get(cell.goal());
        Load load = load(by);
        remove(old.key());
        hold(cell, by);
        return planned(new Step.Replace(old.ref(), by, load));
    }

    PlannedStep attach(Cell cell, Position at) {
        DesiredEntry entry = situation.target().get(cell.goal());
        Load load = load(entry);
        count++;
        hold(cell, entry);
        return planned(new Step.Attach(entry, load, at));
    }

    private void hold(Cell cell, DesiredEntry entry) {
        add(cell.goal());
        cell.hold(new Holds.Ours(
                new EntryRef.Planned(entry.key()), cell.goal(), entry.key().chain(), entry.version(), Holder.PROGRAM));
    }

    private static Holds.Ours ours(Cell cell) {
        if (cell.holds() instanceof Holds.Ours ours) {
            return ours;
        }
        throw new IllegalStateException("the cell holds no entry of ours");
    }

    private Load load(DesiredEntry entry) {
        for (Cell cell : cells) {
            if (cell.holds() instanceof Holds.Ours o
                    && o.version().equals(entry.version())
                    && o.chain().equals(entry.key().chain())) {
                return Load.COPY;
            }
        }
        return Load.SHARED;
    }

    /**
     * Where an attach for this cell goes, or empty when no position leads there: the nearest entry of ours on one side, held as a
     * plain program. A new entry may pass entries that are never touched on its way to the anchor; one that moves may not.
     */
    Optional<Position> position(Cell cell) {
        int at = cells.indexOf(cell);
        if (cells.subList(at + 1, cells.size()).stream().allMatch(Cell::isEmpty)) {
            return Optional.of(new Position.Tail());
        }
        boolean mayPass = situation.isNew(cell.goal());
        Optional<Holds.Ours> left = anchor(at, -1, mayPass);
        if (left.isPresent()) {
            return left.map(o -> new Position.After(o.ref()));
        }
        return anchor(at, 1, mayPass).map(o -> new Position.Before(o.ref()));
    }

    private Optional<Holds.Ours> anchor(int from, int direction, boolean mayPass) {
        for (int i = from + direction; i >= 0 && i < cells.size(); i += direction) {
            switch (cells.get(i).holds()) {
                case Holds.Ours o -> {
                    return o.holder() == Holder.LINK ? Optional.empty() : Optional.of(o);
                }
                case Holds.Fixed f
                when !mayPass -> {
                    return Optional.empty();
                }
                case Holds.Fixed f -> {}
                case Holds.Nothing n -> {}
            }
        }
        return Optional.empty();
    }

    /** Whether nothing that stays is missing and nothing runs twice. */
    boolean isCalm() {
        return doubled == 0 && missing == 0;
    }

    private void add(int key) {
        copies[key]++;
        doubled += copies[key] == 2 ? 1 : 0;
        missing -= copies[key] == 1 && stays(key) ? 1 : 0;
    }

    private void remove(int key) {
        copies[key]--;
        doubled -= copies[key] == 1 ? 1 : 0;
        missing += copies[key] == 0 && stays(key) ? 1 : 0;
    }

    /** Whether the key is both in the observed list and in the wanted one. */
    private boolean stays(int key) {
        return key < situation.target().size() && !situation.isNew(key);
    }

    private PlannedStep planned(Step step) {
        if (isCalm() && !unsafe) {
            return new PlannedStep(step, Guarantee.HITLESS);
        }
        List<EntryKey> gaps = new ArrayList<>();
        List<EntryKey> overlaps = new ArrayList<>();
        for (int key = 0; key < situation.target().size() + otherKeys.size(); key++) {
            if (copies[key] > 1) {
                overlaps.add(key(key));
            } else if (copies[key] == 0 && key < situation.target().size() && !situation.isNew(key)) {
                gaps.add(key(key));
            }
        }
        return new PlannedStep(step, new Guarantee(gaps, overlaps, orderIsRight()));
    }

    private EntryKey key(int number) {
        int targets = situation.target().size();
        return number < targets ? situation.target().get(number).key() : otherKeys.get(number - targets);
    }

    /** Right is a state in which the entries run in the new order, or those that were there before all run in the old one. */
    private boolean orderIsRight() {
        int[] running = cells.stream()
                .mapToInt(c -> c.holds() instanceof Holds.Ours o ? o.key() : Integer.MAX_VALUE)
                .filter(k -> k < situation.target().size())
                .toArray();
        boolean oldOrder = true;
        boolean newOrder = true;
        for (int p = 0; p < running.length; p++) {
            for (int q = p + 1; q < running.length; q++) {
                int first = running[p];
                int second = running[q];
                newOrder &= first <= second;
                boolean bothOld = !situation.isNew(first) && !situation.isNew(second);
                oldOrder &= bothOld ? situation.home(first) <= situation.home(second) : first <= second;
            }
        }
        return oldOrder || newOrder;
    }
}
