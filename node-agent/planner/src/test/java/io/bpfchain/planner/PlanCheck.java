package io.bpfchain.planner;

import io.bpfchain.planner.testing.InMemoryKernel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Carries a plan out on the model of the kernel and compares every state with what the plan claims for it. Written from the promises,
 * not from the planner.
 */
final class PlanCheck {
    private static final int MOST = 63;

    private final RandomHook random;
    private final InMemoryKernel kernel;
    private final DesiredHook desired;
    private final List<DesiredEntry> wanted;
    private final Map<String, OnUnsafe> policies = new HashMap<>();
    private final Set<EntryKey> common;
    private final List<Entry> before;
    private final Map<EntryKey, EntryId> brought = new HashMap<>();

    PlanCheck(RandomHook random) {
        this.random = random;
        this.kernel = random.kernel();
        this.desired = random.desired();
        this.wanted = desired.chains().stream()
                .sorted(Comparator.comparingInt(DesiredChain::priority).thenComparing(DesiredChain::name))
                .flatMap(c -> c.entries().stream())
                .toList();
        desired.chains().forEach(c -> policies.put(c.name(), c.onUnsafe()));
        this.before = random.observed().entries();
        this.common = keys(before);
        common.retainAll(wanted.stream().map(DesiredEntry::key).collect(Collectors.toSet()));
    }

    /** Empty when every claim holds; otherwise the first that does not. */
    Optional<String> violation(List<PlannedStep> steps) {
        List<Entry> state = before;
        for (PlannedStep planned : steps) {
            Optional<String> wrong = make(planned.step());
            List<Entry> next = state();
            int most = Math.max(MOST, state.size());
            if (wrong.isEmpty() && next.size() > most) {
                wrong = Optional.of("holds " + next.size() + " entries");
            }
            wrong = wrong.or(() -> others(next)).or(() -> claims(planned, next));
            if (wrong.isPresent()) {
                return wrong.map(w -> "after " + planned + ": " + w + "\nlist " + next);
            }
            state = next;
        }
        List<DesiredEntry> ours = ours(state).stream().map(PlanCheck::running).toList();
        return ours.equals(wanted)
                ? Optional.empty()
                : Optional.of("the list ends as " + ours + " instead of " + wanted);
    }

    private Optional<String> make(Step step) {
        OptionalLong none = OptionalLong.empty();
        Hook hook = desired.hook();
        Kernel.Outcome outcome = switch (step) {
            case Step.Attach a -> {
                Kernel.Place place = place(a.at());
                yield kernel.attach(hook, bring(a.entry(), a.load()), place, none);
            }
            case Step.Replace r -> {
                EntryId old = resolve(r.old());
                yield kernel.replace(hook, old, bring(r.by(), r.load()), none);
            }
            case Step.Detach d -> kernel.detach(hook, resolve(d.entry()), none);
        };
        return outcome instanceof Kernel.Outcome.Failed failed
                ? Optional.of("the kernel answers " + failed.error().name())
                : Optional.empty();
    }

    private EntryId bring(DesiredEntry entry, Load load) {
        EntryId id = load == Load.SHARED ? random.shared(entry) : random.load(entry);
        brought.put(entry.key(), id);
        return id;
    }

    private Kernel.Place place(Position position) {
        return switch (position) {
            case Position.Tail t -> new Kernel.Place.Tail();
            case Position.Before b -> new Kernel.Place.Before(resolve(b.anchor()));
            case Position.After a -> new Kernel.Place.After(resolve(a.anchor()));
        };
    }

    private EntryId resolve(EntryRef ref) {
        return switch (ref) {
            case EntryRef.Observed o -> o.id();
            case EntryRef.Planned p -> brought.getOrDefault(p.key(), new EntryId(-1));
        };
    }

    private List<Entry> state() {
        return switch (kernel.observe(desired.hook())) {
            case Kernel.Observation.Seen s -> s.hook().entries();
            case Kernel.Observation.Failed f -> throw new IllegalStateException(f.toString());
        };
    }

    /** Foreign entries, and those of chains that nobody mentions, are where they were, and ours are on the side of them where they were. */
    private Optional<String> others(List<Entry> state) {
        List<EntryId> fixed = fixed(before);
        if (!fixed(state).equals(fixed)) {
            return Optional.of("others were " + fixed);
        }
        Set<String> sides = sides(before);
        Set<String> now = sides(state);
        now.removeAll(sides);
        return now.isEmpty() ? Optional.empty() : Optional.of("moved past others: " + now);
    }

    /** For every common entry: how many of the others come before it. */
    private Set<String> sides(List<Entry> list) {
        Set<String> sides = new HashSet<>();
        int others = 0;
        for (Entry entry : list) {
            if (!told(entry)) {
                others++;
            } else if (common.contains(running(entry).key())) {
                sides.add(running(entry).key() + " behind " + others);
            }
        }
        return sides;
    }

    private Optional<String> claims(PlannedStep planned, List<Entry> state) {
        Set<EntryKey> gaps = new LinkedHashSet<>(common);
        gaps.removeAll(keys(state));
        Set<EntryKey> overlaps = doubled(state);
        Guarantee claimed = planned.guarantee();
        if (!gaps.equals(new HashSet<>(claimed.gaps()))) {
            return Optional.of("missing " + gaps);
        }
        if (!overlaps.equals(new HashSet<>(claimed.overlaps()))) {
            return Optional.of("doubled " + overlaps);
        }
        if (orderIsRight(state) != claimed.orderKept()) {
            return Optional.of("order right: " + orderIsRight(state));
        }
        overlaps.removeAll(doubled(before));
        if (overlaps.stream().anyMatch(k -> policies.get(k.chain()) != OnUnsafe.ALLOW_OVERLAP)) {
            return Optional.of("nobody allowed to double " + overlaps);
        }
        if (gaps.stream().anyMatch(k -> policies.get(k.chain()) != OnUnsafe.ALLOW_GAP)) {
            return Optional.of("nobody allowed to leave out " + gaps);
        }
        boolean careful = policies.values().stream().allMatch(p -> p == OnUnsafe.REFUSE);
        return careful && doubled(before).isEmpty() && !claimed.hitless()
                ? Optional.of("not hitless although everything unsafe is refused")
                : Optional.empty();
    }

    private Set<EntryKey> doubled(List<Entry> list) {
        Set<EntryKey> once = new HashSet<>();
        return ours(list).stream()
                .map(e -> running(e).key())
                .filter(k -> !once.add(k))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private boolean orderIsRight(List<Entry> list) {
        List<EntryKey> target = wanted.stream().map(DesiredEntry::key).toList();
        List<EntryKey> old =
                before.stream().filter(this::told).map(e -> running(e).key()).toList();
        List<EntryKey> now = ours(list).stream()
                .map(e -> running(e).key())
                .filter(target::contains)
                .toList();
        boolean newOrder = true;
        boolean oldOrder = true;
        for (int p = 0; p < now.size(); p++) {
            for (int q = p + 1; q < now.size(); q++) {
                boolean ascends = target.indexOf(now.get(p)) <= target.indexOf(now.get(q));
                boolean ascended = old.indexOf(now.get(p)) <= old.indexOf(now.get(q));
                newOrder &= ascends;
                boolean bothOld = common.contains(now.get(p)) && common.contains(now.get(q));
                oldOrder &= bothOld ? ascended : ascends;
            }
        }
        return newOrder || oldOrder;
    }

    private boolean told(Entry entry) {
        return entry.owner() instanceof Owner.Ours o
                && (policies.containsKey(o.key().chain())
                        || desired.retired().contains(o.key().chain()));
    }

    private List<Entry> ours(List<Entry> list) {
        return list.stream().filter(this::told).toList();
    }

    private List<EntryId> fixed(List<Entry> list) {
        return list.stream().filter(e -> !told(e)).map(Entry::id).toList();
    }

    private Set<EntryKey> keys(List<Entry> list) {
        List<EntryKey> keys = new ArrayList<>();
        ours(list).forEach(e -> keys.add(running(e).key()));
        return new HashSet<>(keys);
    }

    private static DesiredEntry running(Entry entry) {
        return switch (entry.owner()) {
            case Owner.Ours o -> new DesiredEntry(o.key(), o.version());
            case Owner.Foreign f -> throw new IllegalArgumentException("foreign: " + entry);
        };
    }
}
