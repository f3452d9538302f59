package io.bpfchain.planner;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tries every sequence of system calls on a small list, and so knows whether there is one that keeps all promises. A refusal
 * of something unsafe is right only if there is none.
 */
final class HitlessSearch {
    private static final int MOST_STATES = 20_000;

    /** What a place holds; {@code entry} means something only where the place is not {@code fixed}, that is, somebody else's. */
    private record Token(boolean fixed, boolean held, DesiredEntry entry) {}

    private final List<DesiredEntry> wanted;
    private final Capabilities capabilities;
    private final Set<EntryKey> common;
    private final List<EntryKey> oldOrder;
    private final List<Token> start = new ArrayList<>();

    HitlessSearch(RandomHook random) {
        capabilities = random.capabilities();
        DesiredHook desired = random.desired();
        wanted = desired.chains().stream()
                .sorted(Comparator.comparingInt(DesiredChain::priority).thenComparing(DesiredChain::name))
                .flatMap(c -> c.entries().stream())
                .toList();
        DesiredEntry nobody = new DesiredEntry(new EntryKey("", ""), new Version(""));
        for (Entry entry : random.observed().entries()) {
            boolean told = entry.owner() instanceof Owner.Ours o
                    && (desired.retired().contains(o.key().chain())
                            || desired.chains().stream()
                                    .anyMatch(c -> c.name().equals(o.key().chain())));
            DesiredEntry runs =
                    told && entry.owner() instanceof Owner.Ours o ? new DesiredEntry(o.key(), o.version()) : nobody;
            start.add(new Token(!told, entry.holder() == Holder.LINK, runs));
        }
        oldOrder = keys(start);
        common = wanted.stream()
                .map(DesiredEntry::key)
                .filter(oldOrder::contains)
                .collect(Collectors.toSet());
    }

    /** Whether the list is small enough to be searched. */
    boolean feasible() {
        return start.size() <= 5 && wanted.size() <= 4;
    }

    /** Whether some sequence leads to the wanted list with every promise kept in every state. */
    boolean exists() {
        Set<List<Token>> seen = new HashSet<>();
        Deque<List<Token>> open = new ArrayDeque<>();
        open.add(start);
        while (!open.isEmpty() && seen.size() < MOST_STATES) {
            List<Token> state = open.remove();
            if (state.stream()
                    .filter(t -> !t.fixed())
                    .map(Token::entry)
                    .toList()
                    .equals(wanted)) {
                return true;
            }
            for (List<Token> next : next(state)) {
                if (isRight(state, next) && seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return false;
    }

    private List<List<Token>> next(List<Token> state) {
        List<List<Token>> next = new ArrayList<>();
        for (int i = 0; i <= state.size(); i++) {
            boolean plain = i < state.size() && isPlain(state.get(i));
            boolean anchored = plain || (i > 0 && isPlain(state.get(i - 1)));
            if (plain) {
                List<Token> without = new ArrayList<>(state);
                without.remove(i);
                next.add(without);
            }
            for (DesiredEntry entry : wanted) {
                Token token = new Token(false, false, entry);
                if (plain && capabilities.replace().usable()) {
                    List<Token> replaced = new ArrayList<>(state);
                    replaced.set(i, token);
                    next.add(replaced);
                }
                if (i == state.size() || (anchored && capabilities.positions().usable())) {
                    List<Token> attached = new ArrayList<>(state);
                    attached.add(i, token);
                    next.add(attached);
                }
            }
        }
        return next;
    }

    private static boolean isPlain(Token token) {
        return !token.fixed() && !token.held();
    }

    private boolean isRight(List<Token> before, List<Token> state) {
        List<EntryKey> keys = keys(state);
        if (!keys.containsAll(common)) {
            return false;
        }
        List<EntryKey> earlier = keys(before);
        for (EntryKey key : keys) {
            long now = keys.stream().filter(key::equals).count();
            if (now > 1 && now > earlier.stream().filter(key::equals).count()) {
                return false;
            }
        }
        boolean doubled = new HashSet<>(keys).size() < keys.size();
        return doubled || isOrdered(keys);
    }

    private boolean isOrdered(List<EntryKey> keys) {
        List<EntryKey> target = wanted.stream().map(DesiredEntry::key).toList();
        List<EntryKey> now = keys.stream().filter(target::contains).toList();
        List<Integer> places = now.stream().map(target::indexOf).toList();
        List<EntryKey> old = now.stream().filter(common::contains).toList();
        boolean asBefore =
                old.equals(oldOrder.stream().filter(common::contains).distinct().toList());
        return places.equals(places.stream().sorted().toList()) || (asBefore && old.size() == now.size());
    }

    private static List<EntryKey> keys(List<Token> state) {
        return state.stream().filter(t -> !t.fixed()).map(t -> t.entry().key()).toList();
    }
}
