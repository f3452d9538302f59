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
import java.util.function.Function;
import java.util.stream.Stream;
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
        boolean searched = seed % 16 == 0 && UNSAFE.contains(refusal.reason()) && search.feasible();
        if (searched && search.exists()) {
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
    void detachingAndAttachingInsteadOfReplacingFailsTheSameCheck() {
        failsTheCheck(random -> concat(detachAll(random), attachAll(random)));
    }

    @Test
    void attachingAndDetachingInsteadOfReplacingFailsTheSameCheck() {
        failsTheCheck(random -> concat(attachAll(random), detachAll(random)));
    }

    @Test
    void aGapOrADoubleRunThatIsNotDeclaredFailsTheSameCheck() {
        long seed = seed();
        int unsafe = 0;
        for (int i = 0; i < 3_000; i++) {
            RandomHook random = new RandomHook(seed + i);
            PlanResult result = planner.plan(random.observed(), random.desired(), random.capabilities());
            if (result instanceof PlanResult.Plan plan && !plan.hitless()) {
                unsafe++;
                List<PlannedStep> boasting = plan.steps().stream()
                        .map(s -> new PlannedStep(s.step(), Guarantee.HITLESS))
                        .toList();
                assertThat(new PlanCheck(random).violation(boasting))
                        .as("seed %d: %s", seed + i, random)
                        .isPresent();
            }
        }
        assertThat(unsafe).isGreaterThan(100);
    }

    @Test
    void aSearchFindsAHitlessWayWhereverThePlanIsOne() {
        long seed = seed();
        int found = 0;
        for (int i = 0; i < 3_000; i++) {
            RandomHook random = new RandomHook(seed + i);
            PlanResult result = planner.plan(random.observed(), random.desired(), random.capabilities());
            HitlessSearch search = new HitlessSearch(random);
            if (search.feasible() && result instanceof PlanResult.Plan plan && plan.hitless()) {
                assertThat(search.exists())
                        .as("seed %d: %s\nplan %s", seed + i, random, plan.steps())
                        .isTrue();
                found++;
            }
        }
        assertThat(found).isGreaterThan(500);
    }

    /** The check must catch a careless planner wherever something that stays changes its version. */
    private void failsTheCheck(Function<RandomHook, List<PlannedStep>> careless) {
        long seed = seed();
        int changes = 0;
        for (int i = 0; i < 3_000; i++) {
            RandomHook random = new RandomHook(seed + i);
            PlanResult result = planner.plan(random.observed(), random.desired(), random.capabilities());
            if (result instanceof PlanResult.Plan plan && plan.steps().stream().anyMatch(s -> isUpdate(s, random))) {
                changes++;
                assertThat(new PlanCheck(random).violation(careless.apply(random)))
                        .as("seed %d: %s", seed + i, random)
                        .isPresent();
            }
        }
        assertThat(changes).isGreaterThan(200);
    }

    private static boolean isUpdate(PlannedStep planned, RandomHook random) {
        return planned.step() instanceof Step.Replace replace
                && random.observed().entries().stream()
                        .anyMatch(e -> new EntryRef.Observed(e.id()).equals(replace.old())
                                && e.owner() instanceof Owner.Ours o
                                && o.key().equals(replace.by().key()));
    }

    private static List<PlannedStep> concat(List<PlannedStep> first, List<PlannedStep> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static List<PlannedStep> detachAll(RandomHook random) {
        return random.observed().entries().stream()
                .filter(e -> e.owner() instanceof Owner.Ours o
                        && random.desired().mentions(o.key().chain()))
                .map(e -> new PlannedStep(new Step.Detach(new EntryRef.Observed(e.id())), Guarantee.HITLESS))
                .toList();
    }

    private static List<PlannedStep> attachAll(RandomHook random) {
        List<PlannedStep> steps = new ArrayList<>();
        random.desired().chains().stream()
                .sorted(Comparator.comparingInt(DesiredChain::priority).thenComparing(DesiredChain::name))
                .flatMap(c -> c.entries().stream())
                .forEach(e -> steps.add(
                        new PlannedStep(new Step.Attach(e, Load.SHARED, new Position.Tail()), Guarantee.HITLESS)));
        return steps;
    }
}
