package io.bpfchain.planner;

import java.util.List;

/**
 * Which of the first three promises hold while and after one step is made, and for which entries they do not.
 *
 * @param gaps entries that are both in the old and the new chain and are missing after this step until a later one
 * @param overlaps entries that run twice after this step until a later one
 * @param orderKept whether the order among our entries, and ours relative to foreign ones, is right throughout
 */
public record Guarantee(List<EntryKey> gaps, List<EntryKey> overlaps, boolean orderKept) {
    public static final Guarantee HITLESS = new Guarantee(List.of(), List.of(), true);

    public Guarantee {
        gaps = List.copyOf(gaps);
        overlaps = List.copyOf(overlaps);
    }

    /** No gap, no double run, order kept. */
    public boolean hitless() {
        return gaps.isEmpty() && overlaps.isEmpty() && orderKept;
    }
}
