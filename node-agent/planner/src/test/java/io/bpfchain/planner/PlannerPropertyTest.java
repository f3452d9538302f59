package io.bpfchain.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.bpfchain.planner.PlanResult.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random hooks, planned and carried out on the model of the kernel. {@code -Dbpfchain.seed=N} repeats a run. */
class PlannerPropertyTest {
    private static final int CASES = 200_000;
    private static final Set<Reason> UNSAFE =
            Set.of(Reason.Reordering, Reason.NoPositions, Reason.ForeignBetween, Reason.HeldByLink, Reason.NoReplace);

    private final Planner planner = new Planner();

    private static long seed() {
        long seed = Long.getLong("bpfchain.seed", System.nanoTime());
        System.out.println("random properties: repeat with -Dbpfchain.seed=" + seed);
        return seed;
    }

    @Test
    void everyStateOfEveryPlanIsAsClaimedAndEveryRefusalIsJustified() {
        long seed = seed();
        Map<Reason, Integer> refusals = new EnumMap<>(Reason.class);
        int[] plans = new int[2];
        for (int i = 0; i < CASES; i++) {
            RandomHook random = new RandomHook(seed + i);
            PlanResult result = planner.plan(random.observed(), random.desired(), random.capabilities());
            switch (result) {
                case PlanResult.Plan plan -> {
                    plans[plan.hitless() ? 0 : 1]++;
                    holds(random, plan, seed + i);
                }
                case PlanResult.Refusal refusal -> {
                    refusals.merge(refusal.reason(), 1, Integer::sum);
                    isJustified(random, refusal, seed + i);
                }
            }
        }
        System.out.println(plans[0] + " hitless plans, " + plans[1] + " others, refused: " + refusals);
        assertThat(plans[0]).isGreaterThan(CASES / 4);
        assertThat(plans[1]).isGreaterThan(CASES / 100);
        assertThat(refusals)
                .containsKeys(
                        Reason.ListFull,
                        Reason.ExclusiveList,
                        Reason.ExclusiveAncestor,
                        Reason.WouldHideAncestor,
                        Reason.Reordering,
                        Reason.NoPositions,
                        Reason.NoReplace,
                        Reason.HeldByLink,
                        Reason.ForeignBetween);
    }

    private void holds(RandomHook random, PlanResult.Plan plan, long seed) {
        new PlanCheck(random)
                .violation(plan.steps())
                .ifPresent(v -> fail("seed %d: %s\n%s\nplan %s", seed, v, random, plan.steps()));
        ObservedHook after = switch (random.kernel().observe(plan.hook())) {
            case Kernel.Observation.Seen s -> s.hook();
            case Kernel.Observation.Failed f -> throw new AssertionError(f.toString());
        };
        PlanResult again = planner.plan(after, random.desired(), random.capabilities());
        assertThat(again)
                .isInstanceOfSatisfying(
                        PlanResult.Plan.class,
                        p -> assertThat(p.steps())
                                .as("planned again, seed %d", seed)
                                .isEmpty());
    }

    private static void isJustified(RandomHook random, PlanResult.Refusal refusal, long seed) {
        assertThat(refusal.message()).as("seed %d", seed).isNotBlank();
        assertThat(refusal.remedy()).as("seed %d", seed).endsWith(".");
        HitlessSearch search = new HitlessSearch(random);
        if (UNSAFE.contains(refusal.reason()) && search.feasible() && search.exists()) {
            fail("seed %d: a hitless sequence exists, but: %s\n%s", seed, refusal, random);
        }
        boolean allowed = random.desired().chains().stream().noneMatch(c -> c.onUnsafe() == OnUnsafe.REFUSE);
        if (allowed) {
            assertThat(refusal.reason())
                    .as("seed %d: everything is allowed\n%s", seed, random)
                    .isNotIn(Reason.Reordering, Reason.NoPositions);
        }
        if (refusal.reason() == Reason.ListFull) {
            int wanted = random.desired().chains().stream()
                    .mapToInt(c -> c.entries().size())
                    .sum();
            assertThat(Math.max(random.observed().entries().size(), wanted))
                    .as("seed %d", seed)
                    .isGreaterThan(30);
        }
    }

    @Test
    void planWithoutAnyThoughtOfOrderFailsTheSameCheck() {
        long seed = seed();
        int caught = 0;
        int changes = 0;
        for (int i = 0; i < 2_000; i++) {
            RandomHook random = new RandomHook(seed + i);
            PlanResult result = planner.plan(random.observed(), random.desired(), random.capabilities());
            if (result instanceof PlanResult.Plan plan
                    && plan.steps().stream().anyMatch(s -> s.step() instanceof Step.Replace)) {
                changes++;
                caught += new PlanCheck(random)
                                .violation(detachThenAttach(random))
                                .isPresent()
                        ? 1
                        : 0;
            }
        }
        assertThat(changes).isGreaterThan(200);
        assertThat(caught).as("of %d plans", changes).isGreaterThan(changes / 2);
    }

    /** What most tools do: take everything out that differs, put the new in, and call it a day. */
    private static List<PlannedStep> detachThenAttach(RandomHook random) {
        List<PlannedStep> steps = new ArrayList<>();
        for (Entry entry : random.observed().entries()) {
            if (entry.ours()) {
                steps.add(new PlannedStep(new Step.Detach(new EntryRef.Observed(entry.id())), Guarantee.HITLESS));
            }
        }
        random.desired().chains().stream()
                .sorted(Comparator.comparingInt(DesiredChain::priority).thenComparing(DesiredChain::name))
                .flatMap(c -> c.entries().stream())
                .forEach(e -> steps.add(
                        new PlannedStep(new Step.Attach(e, Load.SHARED, new Position.Tail()), Guarantee.HITLESS)));
        return steps;
    }
}
