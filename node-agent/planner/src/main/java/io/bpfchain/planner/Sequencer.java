package io.bpfchain.planner;

import io.bpfchain.planner.Cell.Holds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings the changes of a layout into an order of system calls. What ends a gap or a double run goes first; nothing that a chain
 * does not allow is ever begun; new entries come before old ones go, as far as there is room, so that a list is neither emptied
 * in between (an empty list forgets its mode) nor weaker than the weaker of its two contents.
 */
final class Sequencer {
    /** The kernel takes 64 entries, but a list of 64 cannot be replaced in any more (E2BIG comes before the lookup). */
    static final int MOST_ENTRIES = 63;

    /** What came of ordering. */
    sealed interface Ordering {
        record Done(List<PlannedStep> steps) implements Ordering {}

        /** Some intermediate state would need one more entry than a list can hold. */
        record NoRoom() implements Ordering {}

        /** What remains waits for itself in a circle, or a position cannot be named. */
        record Stuck() implements Ordering {}
    }

    private enum Urgency {
        ENDS_TROUBLE,
        CHANGES_SLOT,
        MOVES,
        ADDS,
        REMOVES,
        NEEDS_ROOM,
        WAITS
    }

    private final Situation situation;
    private final Layout layout;
    private final boolean positions;

    Sequencer(Situation situation, Alignment alignment, boolean positions) {
        this.situation = situation;
        this.layout = new Layout(situation, alignment);
        this.positions = positions;
    }

    Ordering order() {
        List<PlannedStep> steps = new ArrayList<>();
        List<Cell> pending = new ArrayList<>(
                layout.cells().stream().filter(c -> !layout.isDone(c)).toList());
        while (!pending.isEmpty()) {
            Urgency most = Urgency.WAITS;
            int next = 0;
            Urgency possible = layout.isCalm() ? Urgency.CHANGES_SLOT : Urgency.ENDS_TROUBLE;
            for (int p = 0; p < pending.size() && most.compareTo(possible) > 0; p++) {
                Urgency urgency = urgency(pending.get(p), pending);
                if (urgency.compareTo(most) < 0) {
                    most = urgency;
                    next = p;
                }
            }
            if (most == Urgency.NEEDS_ROOM) {
                return new Ordering.NoRoom();
            }
            Cell cell = pending.get(next);
            Optional<PlannedStep> step = most == Urgency.WAITS ? Optional.empty() : make(cell);
            if (step.isEmpty()) {
                return new Ordering.Stuck();
            }
            steps.add(step.get());
            pending.remove(next);
        }
        return new Ordering.Done(steps);
    }

    private Optional<PlannedStep> make(Cell cell) {
        if (cell.goal() == Alignment.DROPPED) {
            return Optional.of(layout.detach(cell));
        }
        if (!cell.isEmpty()) {
            return Optional.of(layout.replace(cell));
        }
        Optional<Position> at = positions ? layout.position(cell) : Optional.of(new Position.Tail());
        return at.map(position -> layout.attach(cell, position));
    }

    private Urgency urgency(Cell cell, List<Cell> pending) {
        boolean places = cell.goal() != Alignment.DROPPED;
        int removed = cell.holds() instanceof Holds.Ours o && o.key() != cell.goal() ? o.key() : -1;
        boolean removesWanted = removed >= 0 && removed < situation.target().size();
        boolean moved = places && (removed >= 0 || cell.isEmpty()) && !situation.isNew(cell.goal());
        if ((removesWanted && !mayRemove(removed)) || (moved && !mayPlace(cell.goal())) || waitsAtTail(cell, pending)) {
            return Urgency.WAITS;
        }
        if (places && layout.count() + (cell.isEmpty() ? 1 : 0) > MOST_ENTRIES) {
            return Urgency.NEEDS_ROOM;
        }
        if ((removed >= 0 && layout.copies(removed) > 1) || (moved && layout.copies(cell.goal()) == 0)) {
            return Urgency.ENDS_TROUBLE;
        }
        if (moved || removesWanted) {
            return Urgency.MOVES;
        }
        if (!places) {
            return Urgency.REMOVES;
        }
        return cell.isEmpty() ? Urgency.ADDS : Urgency.CHANGES_SLOT;
    }

    /** The last copy of an entry that stays in the chain may only go first where its chain allows a gap. */
    private boolean mayRemove(int key) {
        return layout.copies(key) > 1 || situation.onUnsafe(key) == OnUnsafe.ALLOW_GAP;
    }

    /** A second copy may only come first where the chain allows an overlap. */
    private boolean mayPlace(int key) {
        return layout.copies(key) == 0 || situation.onUnsafe(key) == OnUnsafe.ALLOW_OVERLAP;
    }

    /** Without positions the tail grows in order. */
    private boolean waitsAtTail(Cell cell, List<Cell> pending) {
        if (positions || !cell.tail()) {
            return false;
        }
        for (Cell other : pending) {
            if (other == cell) {
                return false;
            }
            if (other.tail()) {
                return true;
            }
        }
        return false;
    }
}
