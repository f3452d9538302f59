package io.bpfchain.planner;

import io.bpfchain.planner.Alignment.Shifts;
import io.bpfchain.planner.PlanResult.Plan;
import io.bpfchain.planner.Sequencer.Ordering;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Planning of one hook where something differs: what forbids a change, where everything goes, and in which order. */
final class HookPlanning {
    private final Situation situation;
    private final boolean replace;
    private final boolean positions;
    private final Refusals refusals;

    HookPlanning(Situation situation, Capabilities capabilities) {
        this.situation = situation;
        this.replace = capabilities.replace().usable();
        // Positions came years after BPF_F_REPLACE: without a positive probe for the older one, the newer one is not
        // relied on.
        this.positions = replace && capabilities.positions().usable();
        this.refusals = new Refusals(situation);
    }

    PlanResult plan() {
        Alignment alignment = align(positions ? Shifts.NONE : Shifts.BOTH_WAYS);
        Optional<PlanResult.Refusal> refusal = refusal(alignment);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Ordering ordering = new Sequencer(situation, alignment, positions).order();
        if (ordering instanceof Ordering.Stuck && !positions) {
            alignment = align(Shifts.TAILWARD);
            refusal = refusal(alignment);
            if (refusal.isPresent()) {
                return refusal.get();
            }
            ordering = new Sequencer(situation, alignment, positions).order();
        }
        return switch (ordering) {
            case Ordering.Done done ->
                new Plan(
                        situation.hook(),
                        done.steps(),
                        Warnings.of(situation.observed(), situation.desired(), done.steps()));
            case Ordering.NoRoom n -> refusals.noRoomOnTheWay();
            case Ordering.Stuck s -> refusals.noWay(alignment);
        };
    }

    private Alignment align(Shifts shifts) {
        return Alignment.of(situation, replace, positions, shifts);
    }

    private Optional<PlanResult.Refusal> refusal(Alignment alignment) {
        Changes changes = Changes.of(situation, alignment);
        if (changes.none()) {
            return Optional.empty();
        }
        return refusals.exclusive(changes)
                .or(() -> refusals.held(changes))
                .or(() -> replace ? Optional.empty() : refusals.noReplace(changes))
                .or(() -> refusals.tooMany())
                .or(() -> refusals.moves(alignment, positions || reorders()))
                .or(() -> refusals.crossing(alignment));
    }

    /** Whether entries would change places on every kernel, not only for want of positions. */
    private boolean reorders() {
        return Alignment.of(situation, true, true, Shifts.NONE).movesAny();
    }

    /** Which slots an alignment changes, and how. */
    record Changes(List<Integer> detached, List<Integer> replaced, boolean attaches) {
        static Changes of(Situation situation, Alignment alignment) {
            List<Integer> detached = new ArrayList<>();
            List<Integer> replaced = new ArrayList<>();
            for (int i = 0; i < situation.size(); i++) {
                int content = alignment.content(i);
                if (content == Alignment.DROPPED) {
                    detached.add(i);
                } else if (content != Alignment.FIXED && !(situation.wanted(i) == content && situation.isCurrent(i))) {
                    replaced.add(i);
                }
            }
            boolean attaches = false;
            for (int j = 0; j < situation.target().size(); j++) {
                attaches |= alignment.gap(j) >= 0;
            }
            return new Changes(detached, replaced, attaches);
        }

        boolean none() {
            return !brings() && detached.isEmpty();
        }

        /** Whether a program comes in, which an ancestor can forbid; taking one out it cannot. */
        boolean brings() {
            return attaches || !replaced.isEmpty();
        }
    }
}
