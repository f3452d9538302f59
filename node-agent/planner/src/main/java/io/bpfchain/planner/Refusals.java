package io.bpfchain.planner;

import io.bpfchain.planner.HookPlanning.Changes;
import io.bpfchain.planner.PlanResult.Reason;
import io.bpfchain.planner.PlanResult.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Every reason why a hook is left as it is, each with what stands in the way and what the reader can do. */
final class Refusals {
    private final Situation situation;

    Refusals(Situation situation) {
        this.situation = situation;
    }

    /** Lists and ancestors in an exclusive mode. On an exclusive list even a detach is forbidden: the kernel ignores which program it names. */
    Optional<Refusal> exclusive(Changes changes) {
        ObservedHook observed = situation.observed();
        if (observed.mode() != ListMode.MULTI && !observed.entries().isEmpty()) {
            return refuse(
                    Reason.ExclusiveList,
                    "the list of %s is held in exclusive mode %s by %s"
                            .formatted(
                                    situation.hook(),
                                    observed.mode(),
                                    observed.entries().getFirst()),
                    "Ask the owner of that program to attach it with BPF_F_ALLOW_MULTI, or select another cgroup, for example a child that is not below an exclusive list.");
        }
        if (!changes.brings()) {
            return Optional.empty();
        }
        return switch (observed.above()) {
            case ObservedHook.Above.Nothing n -> Optional.empty();
            case ObservedHook.Above.List above -> exclusiveAncestor(above);
            case ObservedHook.Above.Unknown unknown -> unseenAncestor(unknown);
        };
    }

    /** A list that is there already hides nothing anew; a first one might. */
    private Optional<Refusal> unseenAncestor(ObservedHook.Above.Unknown unknown) {
        return situation.size() > 0
                ? Optional.empty()
                : refuse(
                        Reason.WouldHideAncestor,
                        "programs of ancestors run at %s, and their mode cannot be seen (%s): in mode OVERRIDE a list here would hide them"
                                .formatted(situation.hook(), unknown.cause()),
                        "Run bpfchain where the whole cgroup2 hierarchy is visible, for example with the host's mount and --cgroup-root.");
    }

    private Optional<Refusal> exclusiveAncestor(ObservedHook.Above.List above) {
        String holder = above.entries().stream().map(Entry::toString).collect(Collectors.joining(", "));
        return switch (above.mode()) {
            case NONE ->
                refuse(
                        Reason.ExclusiveAncestor,
                        "nothing can be attached or replaced at %s: its ancestor %s is held in exclusive mode NONE by %s"
                                .formatted(situation.hook(), above.cgroupPath(), holder),
                        "Ask the owner of that program to attach it with BPF_F_ALLOW_MULTI, or select a cgroup that is not below "
                                + above.cgroupPath() + "; entries that are there go on running and can be detached.");
            case OVERRIDE ->
                situation.size() > 0
                        ? Optional.empty()
                        : refuse(
                                Reason.WouldHideAncestor,
                                "a list at %s would hide %s, which the ancestor %s holds in mode OVERRIDE: it would no longer run for this cgroup"
                                        .formatted(situation.hook(), holder, above.cgroupPath()),
                                "Ask the owner of that program to attach it with BPF_F_ALLOW_MULTI, or select a cgroup that is not below "
                                        + above.cgroupPath() + ".");
            case MULTI -> Optional.empty();
        };
    }

    Optional<Refusal> held(Changes changes) {
        List<Entry> held = IntStream.concat(
                        changes.detached().stream().mapToInt(i -> i),
                        changes.replaced().stream().mapToInt(i -> i))
                .mapToObj(situation::slot)
                .filter(e -> e.holder() == Holder.LINK)
                .toList();
        return held.isEmpty()
                ? Optional.empty()
                : refuse(
                        Reason.HeldByLink,
                        "%s at %s would have to be changed, but a bpf_link holds %s, and bpfchain attaches programs without links"
                                .formatted(names(held), situation.hook(), held.size() == 1 ? "it" : "them"),
                        "Find the link with 'bpftool link show' and let the process that made it close it; then apply again.");
    }

    Optional<Refusal> noReplace(Changes changes) {
        List<Entry> entries = changes.replaced().stream().map(situation::slot).toList();
        return entries.isEmpty()
                ? Optional.empty()
                : refuse(
                        Reason.NoReplace,
                        "%s at %s would have to be replaced in place, and this kernel has no BPF_F_REPLACE"
                                .formatted(names(entries), situation.hook()),
                        "Use a kernel from Linux 5.6 on, or delete the chain and apply it again, which leaves a gap.");
    }

    Optional<Refusal> tooMany() {
        int others = IntStream.range(0, situation.size())
                .map(i -> situation.movable(i) ? 0 : 1)
                .sum();
        int wanted = situation.target().size();
        return others + wanted <= Sequencer.MOST_ENTRIES
                ? Optional.empty()
                : refuse(
                        Reason.ListFull,
                        "the list of %s would hold %d entries, %d wanted and %d that bpfchain does not change; with more than %d nothing can be replaced any more"
                                .formatted(situation.hook(), others + wanted, wanted, others, Sequencer.MOST_ENTRIES),
                        "Take programs out of the chains of this hook, or ask the owners of the others to detach theirs.");
    }

    Optional<Refusal> moves(Alignment alignment, boolean reordering) {
        List<Integer> refusing = moved(alignment).stream()
                .filter(j -> situation.onUnsafe(j) == OnUnsafe.REFUSE)
                .toList();
        if (refusing.isEmpty()) {
            return Optional.empty();
        }
        String chains = refusing.stream()
                .map(j -> situation.target().get(j).key().chain())
                .distinct()
                .collect(Collectors.joining(", "));
        String allow =
                "Allow it with update.onUnsafe AllowOverlap (entries run twice for a moment) or AllowGap (entries are missing for a moment) in chain "
                        + chains;
        if (reordering) {
            return refuse(
                    Reason.Reordering,
                    "%s at %s would change places, which no kernel does without a gap or a double run; onUnsafe of chain %s is Refuse"
                            .formatted(keys(moved(alignment)), situation.hook(), chains),
                    allow + ", or keep the order.");
        }
        return refuse(
                Reason.NoPositions,
                "this kernel cannot insert %s into the middle of the list of %s without moving %s; onUnsafe of chain %s is Refuse"
                        .formatted(keys(added()), situation.hook(), keys(moved(alignment)), chains),
                allow
                        + ", or put new programs at the end, or use a kernel with positions (BPF_F_BEFORE and BPF_F_AFTER).");
    }

    Optional<Refusal> crossing(Alignment alignment) {
        List<Integer> crossing =
                moved(alignment).stream().filter(alignment::crosses).toList();
        if (crossing.isEmpty()) {
            return Optional.empty();
        }
        List<Entry> between = IntStream.range(0, situation.size())
                .filter(i -> !situation.movable(i))
                .filter(i -> crossing.stream().anyMatch(j -> isBetween(alignment, j, i)))
                .mapToObj(situation::slot)
                .toList();
        return refuse(
                Reason.ForeignBetween,
                "%s at %s would have to move past %s, which would change the order relative to what bpfchain does not own"
                        .formatted(keys(crossing), situation.hook(), names(between)),
                "Keep the order of the programs around that entry, or ask its owner to detach and attach it again, then apply once more.");
    }

    private boolean isBetween(Alignment alignment, int j, int fixed) {
        int from = situation.home(j);
        int to = alignment.place(j);
        return Math.min(from, to) <= fixed && fixed <= Math.max(from, to) - (to > from ? 1 : 0);
    }

    /** A plan exists, but a state on the way would need a slot more than there is. */
    Refusal noRoomOnTheWay() {
        return new Refusal(
                situation.hook(),
                Reason.ListFull,
                "the list of %s holds %d entries; the change needs one more on the way, or replaces, and with more than %d entries nothing can be replaced"
                        .formatted(situation.hook(), situation.size(), Sequencer.MOST_ENTRIES),
                "Take a program out of the chains of this hook first, or ask the owners of the others to detach theirs.");
    }

    /** Every position that would be right needs an anchor that is a plain program of ours, and there is none at that moment. */
    Refusal noWay(Alignment alignment) {
        List<Entry> links = situation.observed().entries().stream()
                .filter(e -> e.ours() && e.holder() == Holder.LINK)
                .toList();
        List<Integer> added = IntStream.range(0, situation.target().size())
                .filter(j -> alignment.gap(j) >= 0)
                .boxed()
                .toList();
        return new Refusal(
                situation.hook(),
                links.isEmpty() ? Reason.ForeignBetween : Reason.HeldByLink,
                "%s cannot be put into place at %s: beside that place is no entry that bpfchain attached as a plain program%s"
                        .formatted(
                                keys(added),
                                situation.hook(),
                                links.isEmpty() ? "" : ", and a bpf_link holds " + names(links)),
                "Delete the chains of this hook and apply them again, which leaves a gap, or let the owners of the other entries detach them first.");
    }

    private List<Integer> moved(Alignment alignment) {
        return IntStream.range(0, situation.target().size())
                .filter(alignment::moves)
                .boxed()
                .toList();
    }

    private List<Integer> added() {
        List<Integer> added = new ArrayList<>();
        for (int j = 0; j < situation.target().size(); j++) {
            if (situation.isNew(j)) {
                added.add(j);
            }
        }
        return added;
    }

    private String keys(List<Integer> targets) {
        return targets.stream()
                .map(j -> situation.target().get(j).key().toString())
                .collect(Collectors.joining(", "));
    }

    private static String names(List<Entry> entries) {
        return entries.stream().map(Entry::toString).collect(Collectors.joining(", "));
    }

    private Optional<Refusal> refuse(Reason reason, String message, String remedy) {
        return Optional.of(new Refusal(situation.hook(), reason, message, remedy));
    }
}
