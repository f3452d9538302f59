package io.bpfchain.planner;

import java.util.Arrays;

/**
 * Which wanted entry ends up where: in the slot that it already has, in the slot of an entry that goes, or in a new slot at a gap of
 * the list. Places never cross, so the final order is the wanted one by construction.
 *
 * <p>It is the cheapest such assignment, found as an edit distance over (slots, wanted entries). What must not happen costs
 * most, then entries that change places, then system calls. With everything in order it is a longest common subsequence.
 * An assignment without a moved entry exists if and only if a hitless sequence of system calls exists: one system call changes
 * one slot, so an entry that changes its slot is twice in the list for a moment, or not at all.
 */
final class Alignment {
    /** The slot is emptied. */
    static final int DROPPED = -1;

    /** The slot is not ours to change. */
    static final int FIXED = -2;

    private static final long IMPOSSIBLE = Long.MAX_VALUE / 4;
    private static final long HELD = 1L << 52;
    private static final long REFUSED = 1L << 44;
    private static final long NO_REPLACE = 1L << 36;
    private static final long CROSSES = 1L << 28;
    private static final long MOVE = 1L << 20;
    private static final long STEP = 1L << 8;
    private static final long BESIDE = 1;

    /** Which moved entries may be put into slots of others. Where the kernel has positions none need to be. */
    enum Shifts {
        NONE,
        BOTH_WAYS,
        /** Only towards the tail: the assignment is then free of circles. */
        TAILWARD
    }

    private final Situation situation;
    private final boolean replace;
    private final boolean positions;
    private final Shifts shifts;
    private final int slots;
    private final int targets;
    private final long[] cost;
    private final int[] content;
    private final int[] gap;

    private Alignment(Situation situation, boolean replace, boolean positions, Shifts shifts) {
        this.situation = situation;
        this.replace = replace;
        this.positions = positions;
        this.shifts = shifts;
        this.slots = situation.size();
        this.targets = situation.target().size();
        this.cost = new long[(slots + 1) * (targets + 1)];
        this.content = new int[slots];
        this.gap = new int[targets];
        fill();
        trace();
    }

    static Alignment of(Situation situation, boolean replace, boolean positions, Shifts shifts) {
        return new Alignment(situation, replace, positions, shifts);
    }

    /** What slot {@code i} holds in the end: a wanted entry, {@link #DROPPED} or {@link #FIXED}. */
    int content(int i) {
        return content[i];
    }

    /** The gap (before slot {@code gap}) where a wanted entry gets a new slot, or -1 when it uses a slot that is there. */
    int gap(int j) {
        return gap[j];
    }

    /** Whether the entry is in the list and ends up in another slot. */
    boolean moves(int j) {
        return !situation.isNew(j) && !isKept(j);
    }

    private boolean isKept(int j) {
        for (int i = situation.home(j); i < slots; i++) {
            if (content[i] == j && situation.wanted(i) == j) {
                return true;
            }
        }
        return false;
    }

    /** Whether any entry changes places. */
    boolean movesAny() {
        for (int j = 0; j < targets; j++) {
            if (moves(j)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a moved entry would pass an entry that is never touched. */
    boolean crosses(int j) {
        return moves(j) && situation.crossesFixed(j, place(j));
    }

    /** The slot that a wanted entry ends up in, or the one that its new slot comes before. */
    int place(int j) {
        int i = Math.max(gap[j], 0);
        while (gap[j] < 0 && content[i] != j) {
            i++;
        }
        return i;
    }

    private void fill() {
        for (int i = slots; i >= 0; i--) {
            for (int j = targets; j >= 0; j--) {
                if (i == slots && j == targets) {
                    continue;
                }
                long best = Math.min(add(passCost(i), i + 1, j), add(newSlotCost(i, j), i, j + 1));
                cost[at(i, j)] = Math.min(best, add(useCost(i, j), i + 1, j + 1));
            }
        }
    }

    private void trace() {
        Arrays.fill(content, DROPPED);
        Arrays.fill(gap, -1);
        int i = 0;
        int j = 0;
        while (i < slots || j < targets) {
            long here = cost[at(i, j)];
            if (here == add(useCost(i, j), i + 1, j + 1)) {
                content[i++] = j++;
            } else if (here == add(newSlotCost(i, j), i, j + 1)) {
                gap[j++] = i;
            } else {
                content[i] = situation.movable(i) ? DROPPED : FIXED;
                i++;
            }
        }
    }

    private int at(int i, int j) {
        return i * (targets + 1) + j;
    }

    private long add(long step, int i, int j) {
        return step >= IMPOSSIBLE ? IMPOSSIBLE : Math.min(IMPOSSIBLE, step + cost[at(i, j)]);
    }

    /** Slot {@code i} is passed: left alone when it is not ours to change, otherwise emptied. */
    private long passCost(int i) {
        if (i == slots) {
            return IMPOSSIBLE;
        }
        return situation.movable(i) ? STEP + heldCost(i) : 0;
    }

    /** Wanted entry {@code j} uses slot {@code i}. */
    private long useCost(int i, int j) {
        if (i == slots || j == targets || !situation.movable(i)) {
            return IMPOSSIBLE;
        }
        if (situation.wanted(i) == j) {
            return situation.isCurrent(i) ? 0 : STEP + heldCost(i) + (replace ? 0 : NO_REPLACE);
        }
        if (!replace) {
            return IMPOSSIBLE;
        }
        if (situation.isNew(j)) {
            return STEP + heldCost(i);
        }
        boolean allowed = switch (shifts) {
            case NONE -> false;
            case BOTH_WAYS -> true;
            case TAILWARD -> i > situation.lastCopy(j);
        };
        return allowed ? STEP + heldCost(i) + moveCost(i, j) : IMPOSSIBLE;
    }

    /** Wanted entry {@code j} gets a new slot before slot {@code i}: at the tail, or beside an entry that can be an anchor. */
    private long newSlotCost(int i, int j) {
        if (j == targets || !(i == slots || (positions && (isAnchor(i - 1) || isAnchor(i))))) {
            return IMPOSSIBLE;
        }
        return STEP + (i == slots ? 0 : BESIDE) + (situation.isNew(j) ? 0 : moveCost(i, j));
    }

    private long moveCost(int i, int j) {
        return MOVE
                + (situation.crossesFixed(j, i) ? CROSSES : 0)
                + (situation.onUnsafe(j) == OnUnsafe.REFUSE ? REFUSED : 0);
    }

    private long heldCost(int i) {
        return situation.slot(i).holder() == Holder.LINK ? HELD : 0;
    }

    private boolean isAnchor(int i) {
        return i >= 0 && i < slots && situation.movable(i) && situation.slot(i).holder() != Holder.LINK;
    }
}
