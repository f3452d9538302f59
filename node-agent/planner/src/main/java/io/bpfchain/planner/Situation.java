package io.bpfchain.planner;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One planning task in a form that can be calculated with: the observed list as numbered slots and the wanted entries of all chains
 * as one numbered target sequence, in the total order (priority, chain name, place in the chain).
 */
final class Situation {
    /** The slot's entry is in no wanted place: it is detached, or its slot is given to another. */
    static final int UNWANTED = -1;

    /** The total order of chains. The JDK's comparators of keys would be classes that the AOT cache cannot hold. */
    private static final Comparator<DesiredChain> ORDER = (a, b) -> {
        int priority = Integer.compare(a.priority(), b.priority());
        return priority != 0 ? priority : a.name().compareTo(b.name());
    };

    private final ObservedHook observed;
    private final DesiredHook desired;
    private final List<DesiredChain> chains;
    private final List<DesiredEntry> target;
    private final OnUnsafe[] onUnsafe;
    private final boolean[] movable;
    private final int[] wanted;
    private final int[] home;
    private final int[] lastCopy;
    private final int[] fixedBefore;

    Situation(ObservedHook observed, DesiredHook desired) {
        this.observed = observed;
        this.desired = desired;
        this.chains = ordered(desired);
        this.target = chains.stream().flatMap(c -> c.entries().stream()).toList();
        this.onUnsafe = new OnUnsafe[target.size()];
        this.movable = new boolean[size()];
        this.wanted = new int[size()];
        this.home = new int[target.size()];
        this.lastCopy = new int[target.size()];
        this.fixedBefore = new int[size() + 1];
        indexTarget();
        indexSlots();
    }

    /** The chains in the order in which their entries run. */
    static List<DesiredChain> ordered(DesiredHook desired) {
        return desired.chains().size() < 2
                ? desired.chains()
                : desired.chains().stream().sorted(ORDER).toList();
    }

    private void indexTarget() {
        Arrays.fill(home, UNWANTED);
        int j = 0;
        for (DesiredChain chain : chains) {
            for (int k = 0; k < chain.entries().size(); k++) {
                onUnsafe[j++] = chain.onUnsafe();
            }
        }
    }

    private void indexSlots() {
        Map<EntryKey, Integer> places = HashMap.newHashMap(target.size());
        for (int j = 0; j < target.size(); j++) {
            places.put(target.get(j).key(), j);
        }
        for (int i = 0; i < size(); i++) {
            wanted[i] = UNWANTED;
            if (slot(i).owner() instanceof Owner.Ours ours) {
                wanted[i] = places.getOrDefault(ours.key(), UNWANTED);
                movable[i] =
                        wanted[i] != UNWANTED || desired.mentions(ours.key().chain());
            }
            if (wanted[i] != UNWANTED) {
                home[wanted[i]] = home[wanted[i]] == UNWANTED ? i : home[wanted[i]];
                lastCopy[wanted[i]] = i;
            }
            fixedBefore[i + 1] = fixedBefore[i] + (movable[i] ? 0 : 1);
        }
    }

    ObservedHook observed() {
        return observed;
    }

    DesiredHook desired() {
        return desired;
    }

    Hook hook() {
        return desired.hook();
    }

    /** How many entries the list holds. */
    int size() {
        return observed.entries().size();
    }

    Entry slot(int i) {
        return observed.entries().get(i);
    }

    List<DesiredEntry> target() {
        return target;
    }

    /** What the chain of this wanted entry allows. */
    OnUnsafe onUnsafe(int j) {
        return onUnsafe[j];
    }

    /** Whether the slot is ours to change. False for foreign entries and for those of chains that nobody said anything about. */
    boolean movable(int i) {
        return movable[i];
    }

    /** Which wanted entry the slot runs, in whatever version, or {@link #UNWANTED}. */
    int wanted(int i) {
        return wanted[i];
    }

    /** The first slot that runs this wanted entry, or {@link #UNWANTED} when it is new. */
    int home(int j) {
        return home[j];
    }

    /** The last slot that runs this wanted entry: another than the first where a crash left a copy behind. */
    int lastCopy(int j) {
        return lastCopy[j];
    }

    boolean isNew(int j) {
        return home[j] == UNWANTED;
    }

    /** Whether the slot runs exactly the wanted version of its entry. */
    boolean isCurrent(int i) {
        return slot(i).owner() instanceof Owner.Ours ours
                && ours.version().equals(target.get(wanted[i]).version());
    }

    /** Whether an entry that we never touch stands between the first slot of a wanted entry and the place before slot {@code i}. */
    boolean crossesFixed(int j, int i) {
        return fixedBefore[home[j]] != fixedBefore[i];
    }
}
