package io.bpfchain.agent.view;

import io.bpfchain.agent.ListedEntry;
import io.bpfchain.agent.commit.PlannedHook;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.EntryRef;
import io.bpfchain.planner.PlannedStep;
import io.bpfchain.planner.Position;
import io.bpfchain.planner.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * The list that a plan leads to, in words.
 *
 * @param items in list order
 */
record Afterwards(List<Item> items) {
    Afterwards {
        items = List.copyOf(items);
    }

    /** One entry: one that stays, or one that a step brings in. */
    record Item(EntryRef entry, ListedEntry shown) {}

    /** Carries the steps out on the list that they were planned for. */
    static Afterwards of(PlannedHook planned) {
        List<Item> items = new ArrayList<>();
        for (Entry entry : planned.observed().entries()) {
            items.add(new Item(new EntryRef.Observed(entry.id()), Listed.of(entry)));
        }
        for (PlannedStep planning : planned.plan().steps()) {
            switch (planning.step()) {
                case Step.Attach attach -> items.add(place(attach.at(), items), item(attach.entry()));
                case Step.Replace replace -> items.set(index(replace.old(), items), item(replace.by()));
                case Step.Detach detach -> items.remove(index(detach.entry(), items));
            }
        }
        return new Afterwards(items);
    }

    private static Item item(DesiredEntry entry) {
        return new Item(new EntryRef.Planned(entry.key()), Listed.planned(entry));
    }

    private static int place(Position position, List<Item> items) {
        return switch (position) {
            case Position.Tail() -> items.size();
            case Position.Before(EntryRef anchor) -> index(anchor, items);
            case Position.After(EntryRef anchor) -> index(anchor, items) + 1;
        };
    }

    private static int index(EntryRef entry, List<Item> items) {
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).entry().equals(entry)) {
                return i;
            }
        }
        throw new IllegalArgumentException("a step names " + entry + ", which is not in the list");
    }

    List<ListedEntry> shown() {
        return items.stream().map(Item::shown).toList();
    }

    /** The same, where the list has these ids now. */
    List<ListedEntry> shown(List<EntryId> ids) {
        List<ListedEntry> shown = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            shown.add(Listed.loaded(items.get(i).shown(), ids.get(i)));
        }
        return shown;
    }

    /** Whether a list may be this one: as long, and what stays is where it is expected. */
    boolean fits(List<EntryId> list) {
        if (list.size() != items.size()) {
            return false;
        }
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).entry() instanceof EntryRef.Observed(EntryId id) && !id.equals(list.get(i))) {
                return false;
            }
        }
        return true;
    }
}
