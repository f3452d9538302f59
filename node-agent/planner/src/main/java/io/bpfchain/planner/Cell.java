package io.bpfchain.planner;

/** One place of the layout that a plan works towards: a slot that is there, or one that will be. */
final class Cell {
    /** What a cell holds at a moment of the plan. */
    sealed interface Holds {
        /** Nothing yet, or nothing any more. */
        record Nothing() implements Holds {}

        /** An entry that is never touched. */
        record Fixed() implements Holds {}

        /**
         * An entry of ours.
         *
         * @param key the number of its key: below the number of wanted entries it is a wanted entry
         */
        record Ours(EntryRef ref, int key, String chain, Version version, Holder holder) implements Holds {}
    }

    static final Holds NOTHING = new Holds.Nothing();
    static final Holds FIXED = new Holds.Fixed();

    private final int goal;
    private final boolean tail;
    private Holds holds;

    private Cell(int goal, boolean tail, Holds holds) {
        this.goal = goal;
        this.tail = tail;
        this.holds = holds;
    }

    /** A slot of the observed list. */
    static Cell ofSlot(int goal, Holds holds) {
        return new Cell(goal, false, holds);
    }

    /** A slot that an attach will make. */
    static Cell toMake(int goal, boolean tail) {
        return new Cell(goal, tail, NOTHING);
    }

    /** What it holds in the end, as {@link Alignment#content} says. */
    int goal() {
        return goal;
    }

    /** Whether it is made at the tail of the list. */
    boolean tail() {
        return tail;
    }

    Holds holds() {
        return holds;
    }

    boolean isEmpty() {
        return holds instanceof Holds.Nothing;
    }

    void hold(Holds next) {
        holds = next;
    }
}
