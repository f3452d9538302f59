package io.bpfchain.planner;

import static io.bpfchain.planner.HookText.HOOK;
import static io.bpfchain.planner.HookText.NOTHING;
import static io.bpfchain.planner.HookText.NO_POSITIONS;
import static io.bpfchain.planner.HookText.POSITIONS;
import static io.bpfchain.planner.HookText.chain;
import static io.bpfchain.planner.HookText.desired;
import static io.bpfchain.planner.HookText.entries;
import static io.bpfchain.planner.HookText.observed;
import static io.bpfchain.planner.HookText.retired;
import static io.bpfchain.planner.HookText.wanted;
import static io.bpfchain.planner.OnUnsafe.ALLOW_GAP;
import static io.bpfchain.planner.OnUnsafe.ALLOW_OVERLAP;
import static io.bpfchain.planner.OnUnsafe.REFUSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bpfchain.planner.PlanResult.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static List<String> steps(String list, DesiredHook desired, Capabilities capabilities) {
        return steps(observed(list), desired, capabilities);
    }

    private static List<String> steps(ObservedHook observed, DesiredHook desired, Capabilities capabilities) {
        return plan(observed, desired, capabilities).steps().stream()
                .map(s -> PlanText.line(s, observed).toString())
                .toList();
    }

    private static PlanResult.Plan plan(ObservedHook observed, DesiredHook desired, Capabilities capabilities) {
        return switch (new Planner().plan(observed, desired, capabilities)) {
            case PlanResult.Plan p -> p;
            case PlanResult.Refusal r -> throw new AssertionError("refused: " + r);
        };
    }

    private static PlanResult.Refusal refusal(String list, DesiredHook desired, Capabilities capabilities) {
        return refusal(observed(list), desired, capabilities);
    }

    private static PlanResult.Refusal refusal(ObservedHook observed, DesiredHook desired, Capabilities capabilities) {
        return switch (new Planner().plan(observed, desired, capabilities)) {
            case PlanResult.Plan p -> throw new AssertionError("planned: " + p);
            case PlanResult.Refusal r -> r;
        };
    }

    private static String many(int count, String suffix) {
        return IntStream.range(0, count).mapToObj(i -> "P" + i + suffix).collect(Collectors.joining(" "));
    }

    @Nested
    class WhatStays {
        @Test
        void doesNothingWhenNothingDiffers() {
            assertThat(plan(observed("x A1 y~ B1"), wanted(REFUSE, "A1 B1"), POSITIONS))
                    .isEqualTo(new PlanResult.Plan(HOOK, List.of(), List.of()));
        }

        @Test
        void replacesInPlaceWhenOnlyTheVersionChanged() {
            assertThat(steps("x A1 B1 y", wanted(REFUSE, "A1 B2"), NO_POSITIONS))
                    .containsExactly("replace c/B B1 -> B2: hitless");
        }

        @Test
        void keepsEntriesOfChainsThatNobodyMentionsAndSaysSo() {
            PlanResult.Plan plan = plan(observed("A1 t:X1"), wanted(REFUSE, "A2"), POSITIONS);
            assertThat(plan.steps()).hasSize(1);
            assertThat(plan.warnings())
                    .containsExactly(
                            "t/X (X1) at /web [cgroup_inet_egress]: the chain is neither wanted nor retired here, so the entry stays where it is.");
        }

        @Test
        void detachesWhatItsChainNoLongerLists() {
            assertThat(steps("A1 B1 C1", wanted(REFUSE, "A1 C1"), NO_POSITIONS))
                    .containsExactly("detach c/B B1: hitless");
        }

        @Test
        void detachesWhatARetiredChainLeft() {
            assertThat(steps("A1 t:B1 x", new DesiredHook(HOOK, List.of(), Set.of("t")), NO_POSITIONS))
                    .containsExactly("detach t/B B1: hitless");
        }

        @Test
        void givesTheSlotOfAnEntryThatGoesToOneThatComesAtThatPlace() {
            assertThat(steps("A1 B1 C1", wanted(REFUSE, "A1 X1 C1"), NO_POSITIONS))
                    .containsExactly("replace c/X X1 in the place of c/B: hitless");
        }

        @Test
        void refusesToPlanAListFromTheWishesForAnother() {
            Hook other = new Hook(new Cgroup(8, "/db"), AttachType.CGROUP_INET_EGRESS);
            assertThatThrownBy(() -> plan(observed(""), new DesiredHook(other, List.of(), Set.of()), POSITIONS))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    class Order {
        @Test
        void isByPriorityThenNameAndNeverByArrival() {
            DesiredHook desired =
                    desired(chain("b", 20, REFUSE, "A1"), chain("z", 10, REFUSE, "A1"), chain("a", 20, REFUSE, "A1"));
            assertThat(steps("b:A1", desired, POSITIONS))
                    .containsExactly("attach z/A A1 before b/A: hitless", "attach a/A A1 after z/A: hitless");
        }

        @Test
        void appendsWhereNothingOfOursComesAfter() {
            assertThat(steps("A1 x", wanted(REFUSE, "A1 B1"), POSITIONS))
                    .containsExactly("attach c/B B1 at the end: hitless");
        }

        @Test
        void anchorsOnOurEntriesOnly() {
            assertThat(steps("x A1 y~ B1", wanted(REFUSE, "N1 A1 M1 B1"), POSITIONS))
                    .containsExactly("attach c/N N1 before c/A: hitless", "attach c/M M1 after c/A: hitless");
        }

        @Test
        void appendsWhenOnlyForeignEntriesAreThere() {
            assertThat(steps("x y~", wanted(REFUSE, "A1 B1"), POSITIONS))
                    .containsExactly("attach c/A A1 at the end: hitless", "attach c/B B1 at the end: hitless");
        }

        @Test
        void bringsTheNewBeforeTheOldGoes() {
            assertThat(steps(
                            "A1 t:B1",
                            new DesiredHook(HOOK, List.of(chain("c", 1, REFUSE, "N1 A1")), Set.of("t")),
                            POSITIONS))
                    .containsExactly("attach c/N N1 before c/A: hitless", "detach t/B B1: hitless");
        }
    }

    @Nested
    class LeftOvers {
        @Test
        void ofACrashedOverlapKeepTheWantedVersion() {
            assertThat(steps("A1 A2 B1", wanted(REFUSE, "A2 B1"), POSITIONS)).containsExactly("detach c/A A1: hitless");
        }

        @Test
        void areEndedBeforeAnythingElseIsDone() {
            assertThat(steps("A1 B1 A1", wanted(REFUSE, "A2 B2"), POSITIONS))
                    .containsExactly(
                            "detach c/A A1: hitless", "replace c/A A1 -> A2: hitless", "replace c/B B1 -> B2: hitless");
        }

        @Test
        void atTheRightPlaceAreKeptInsteadOfMovingTheOther() {
            assertThat(steps("A1 B1 A1", wanted(REFUSE, "B1 A1"), POSITIONS)).containsExactly("detach c/A A1: hitless");
        }
    }

    @Nested
    class Reordering {
        @Test
        void isRefusedWithTheEntriesAndTheRemedy() {
            PlanResult.Refusal refusal = refusal("A1 B1 C1", wanted(REFUSE, "B1 C1 A1"), POSITIONS);
            assertThat(refusal.reason()).isEqualTo(Reason.Reordering);
            assertThat(refusal.message())
                    .isEqualTo(
                            "c/A at /web [cgroup_inet_egress] would change places, which no kernel does without a gap or a double run; onUnsafe of chain c is Refuse");
            assertThat(refusal.remedy()).contains("AllowOverlap", "AllowGap", "chain c");
        }

        @Test
        void withOverlapsMovesTheFewestByASecondCopy() {
            assertThat(steps("A1 B1 C1", wanted(ALLOW_OVERLAP, "B1 C1 A1"), POSITIONS))
                    .containsExactly(
                            "attach c/A A1 at the end (loaded once more, because this version is in the list already):"
                                    + " c/A runs twice; the order is neither the old nor the new one until a later step",
                            "detach c/A A1: hitless");
        }

        @Test
        void withGapsTakesOutAndPutsBack() {
            assertThat(steps("A1 B1 C1", wanted(ALLOW_GAP, "C1 A1 B1"), POSITIONS))
                    .containsExactly(
                            "detach c/C C1: c/C is missing until a later step", "attach c/C C1 before c/A: hitless");
        }

        @Test
        void movesTheEntryWhoseChainAllowsIt() {
            DesiredHook desired = desired(chain("a", 20, REFUSE, "A1"), chain("b", 10, ALLOW_GAP, "B1"));
            assertThat(steps("a:A1 b:B1", desired, POSITIONS))
                    .containsExactly(
                            "detach b/B B1: b/B is missing until a later step", "attach b/B B1 before a/A: hitless");
        }

        @Test
        void isRefusedWhenAForeignEntryWouldBePassed() {
            PlanResult.Refusal refusal = refusal("A1 x B1", wanted(ALLOW_OVERLAP, "B1 A1"), POSITIONS);
            assertThat(refusal.reason()).isEqualTo(Reason.ForeignBetween);
            assertThat(refusal.message()).contains("program 2 \"x\"");
        }
    }

    @Nested
    class WithoutPositions {
        @Test
        void insertionInTheMiddleIsRefused() {
            PlanResult.Refusal refusal = refusal("A1 B1 C1", wanted(REFUSE, "A1 X1 B1 C1"), NO_POSITIONS);
            assertThat(refusal.reason()).isEqualTo(Reason.NoPositions);
            assertThat(refusal.message()).contains("c/X", "c/B, c/C", "chain c is Refuse");
            assertThat(refusal.remedy()).contains("AllowOverlap", "at the end", "BPF_F_BEFORE");
        }

        @Test
        void overlapsRotateWithAtMostOneEntryDoubled() {
            String copy = " (loaded once more, because this version is in the list already)";
            assertThat(steps("A1 B1 C1", wanted(ALLOW_OVERLAP, "A1 X1 B1 C1"), NO_POSITIONS))
                    .containsExactly(
                            "attach c/C C1 at the end" + copy + ": c/C runs twice until a later step",
                            "replace c/B B1 in the place of c/C" + copy + ": c/B runs twice until a later step",
                            "replace c/X X1 in the place of c/B: hitless");
        }

        @Test
        void gapsRotateWithAtMostOneEntryMissing() {
            assertThat(steps("A1 B1 C1", wanted(ALLOW_GAP, "A1 X1 B1 C1"), NO_POSITIONS))
                    .containsExactly(
                            "replace c/X X1 in the place of c/B: c/B is missing until a later step",
                            "replace c/B B1 in the place of c/C: c/C is missing until a later step",
                            "attach c/C C1 at the end: hitless");
        }

        @Test
        void nothingIsAppendedPastAForeignEntry() {
            assertThat(refusal("A1 B1 x", wanted(ALLOW_OVERLAP, "A1 X1 B1"), NO_POSITIONS)
                            .reason())
                    .isEqualTo(Reason.ForeignBetween);
        }

        @Test
        void theChainThatRefusesIsNamed() {
            DesiredHook desired = desired(chain("a", 1, ALLOW_GAP, "A1"), chain("b", 2, REFUSE, "B1"));
            PlanResult.Refusal refusal = refusal("b:B1", desired, NO_POSITIONS);
            assertThat(refusal.reason()).isEqualTo(Reason.NoPositions);
            assertThat(refusal.message()).contains("onUnsafe of chain b is Refuse");
        }

        @Test
        void anUnknownProbeCountsAsNone() {
            Capabilities unknown = new Capabilities(new Support.Supported(), new Support.Unknown("EPERM"));
            assertThat(refusal("A1", wanted(REFUSE, "X1 A1"), unknown).reason()).isEqualTo(Reason.NoPositions);
        }
    }

    @Nested
    class WhatForbidsAChange {
        private static final String HOLDER = "program 1 \"f\"";

        @Test
        void anExclusiveListNamesWhatHoldsIt() {
            for (ListMode mode : List.of(ListMode.NONE, ListMode.OVERRIDE)) {
                PlanResult.Refusal refusal =
                        refusal(observed(mode, "f", new ObservedHook.Above.Nothing()), wanted(REFUSE, "A1"), POSITIONS);
                assertThat(refusal.reason()).isEqualTo(Reason.ExclusiveList);
                assertThat(refusal.message()).contains(mode.name(), HOLDER);
            }
        }

        @Test
        void anExclusiveListIsLeftAloneByAChainThatGoes() {
            assertThat(steps(observed(ListMode.NONE, "f", new ObservedHook.Above.Nothing()), retired("c"), POSITIONS))
                    .isEmpty();
        }

        @Test
        void anExclusiveAncestorForbidsReplacingButNotDetaching() {
            ObservedHook.Above above = new ObservedHook.Above.List("/", ListMode.NONE, entries(1, "f"));
            ObservedHook stuck = observed(HOOK, 5, ListMode.MULTI, "A1", above);
            assertThat(refusal(stuck, wanted(REFUSE, "A2"), POSITIONS).reason()).isEqualTo(Reason.ExclusiveAncestor);
            assertThat(refusal(stuck, wanted(REFUSE, "A2"), POSITIONS).message())
                    .contains(HOLDER);
            assertThat(steps(stuck, retired("c"), POSITIONS)).containsExactly("detach c/A A1: hitless");
            assertThat(steps(stuck, wanted(REFUSE, "A1"), POSITIONS)).isEmpty();
        }

        @Test
        void anOverridableAncestorIsNeverHidden() {
            ObservedHook.Above above = new ObservedHook.Above.List("/", ListMode.OVERRIDE, entries(1, "f"));
            assertThat(refusal(observed(ListMode.NONE, "", above), wanted(REFUSE, "A1"), POSITIONS)
                            .reason())
                    .isEqualTo(Reason.WouldHideAncestor);
            PlanResult.Plan plan =
                    plan(observed(HOOK, 5, ListMode.MULTI, "A1", above), wanted(REFUSE, "A2"), POSITIONS);
            assertThat(plan.hitless()).isTrue();
            assertThat(plan.warnings()).singleElement().asString().contains("hides");
        }

        @Test
        void programsOfUnseenAncestorsAreNeverHidden() {
            ObservedHook.Above above = new ObservedHook.Above.Unknown("cgroup namespace");
            assertThat(refusal(observed(ListMode.MULTI, "", above), wanted(REFUSE, "A1"), POSITIONS))
                    .satisfies(r -> {
                        assertThat(r.reason()).isEqualTo(Reason.WouldHideAncestor);
                        assertThat(r.message()).contains("cgroup namespace");
                    });
            PlanResult.Plan plan =
                    plan(observed(HOOK, 5, ListMode.MULTI, "A1", above), wanted(REFUSE, "A2"), POSITIONS);
            assertThat(plan.warnings()).singleElement().asString().contains("cgroup namespace");
        }

        @Test
        void anEntryHeldByALinkIsNotOursToChange() {
            assertThat(refusal("A1~ B1", wanted(REFUSE, "A2 B1"), POSITIONS).reason())
                    .isEqualTo(Reason.HeldByLink);
            assertThat(refusal("A1~", retired("c"), POSITIONS).reason()).isEqualTo(Reason.HeldByLink);
            assertThat(refusal("A1~", wanted(REFUSE, "X1 A1"), POSITIONS).reason())
                    .isEqualTo(Reason.HeldByLink);
            assertThat(steps("A1~ B1", wanted(REFUSE, "A1 X1 B1"), POSITIONS))
                    .containsExactly("attach c/X X1 before c/B: hitless");
        }

        @Test
        void anUnknownHolderIsAWarningOnlyWhereItMatters() {
            assertThat(plan(observed("A1? B1?"), wanted(REFUSE, "A2 B1"), POSITIONS)
                            .warnings())
                    .singleElement()
                    .asString()
                    .contains("c/A");
        }

        @Test
        void aKernelWithoutReplaceCannotChangeAVersion() {
            assertThat(refusal("A1", wanted(REFUSE, "A2"), NOTHING).reason()).isEqualTo(Reason.NoReplace);
            assertThat(steps("A1", wanted(REFUSE, "A1 B1"), NOTHING)).hasSize(1);
        }
    }

    @Nested
    class FullLists {
        @Test
        void take63AndNotOneMore() {
            assertThat(steps(many(62, "1"), wanted(REFUSE, many(63, "1")), POSITIONS))
                    .hasSize(1);
            PlanResult.Refusal refusal = refusal("x " + many(62, "1"), wanted(REFUSE, many(63, "1")), POSITIONS);
            assertThat(refusal.reason()).isEqualTo(Reason.ListFull);
            assertThat(refusal.message()).contains("64 entries, 63 wanted and 1");
        }

        @Test
        void makeRoomBeforeTheyGrow() {
            List<String> steps = steps("Z1 " + many(62, "1"), wanted(REFUSE, many(61, "1") + " N1 P611"), POSITIONS);
            assertThat(steps).containsExactly("detach c/Z Z1: hitless", "attach c/N N1 after c/P60: hitless");
        }

        @Test
        void of64CanOnlyShrinkFirst() {
            assertThat(steps(
                            many(64, "1"), wanted(REFUSE, "P02 " + many(63, "1").substring(4)), POSITIONS))
                    .containsExactly("detach c/P63 P631: hitless", "replace c/P0 P01 -> P02: hitless");
            assertThat(refusal("x " + many(63, "1"), wanted(REFUSE, many(63, "2")), POSITIONS)
                            .reason())
                    .isEqualTo(Reason.ListFull);
        }

        @Test
        void haveNoRoomForAnOverlap() {
            DesiredHook swapped =
                    wanted(ALLOW_OVERLAP, "P11 P01 " + many(63, "1").substring(8));
            assertThat(refusal(many(63, "1"), swapped, POSITIONS).reason()).isEqualTo(Reason.ListFull);
        }
    }

    @Nested
    class ManyHooks {
        @Test
        void ofEqualShapeGetTheSamePlanWithTheirOwnIds() {
            List<Planner.Task> tasks = IntStream.range(0, 50)
                    .mapToObj(i -> {
                        Hook hook = new Hook(new Cgroup(i, "/pod" + i), AttachType.CGROUP_INET_EGRESS);
                        String list = i % 2 == 0 ? "x A1 B1" : "A1 x? t:T1 B1";
                        DesiredHook wish =
                                new DesiredHook(hook, List.of(chain("c", 1, ALLOW_OVERLAP, "N1 B2 A1")), Set.of());
                        return new Planner.Task(
                                observed(hook, 10 * i, ListMode.MULTI, list, new ObservedHook.Above.Nothing()), wish);
                    })
                    .toList();
            Planner planner = new Planner();
            assertThat(planner.planAll(tasks, NO_POSITIONS))
                    .isEqualTo(tasks.stream()
                            .map(t -> planner.plan(t.observed(), t.desired(), NO_POSITIONS))
                            .toList());
            assertThat(planner.planAll(tasks, POSITIONS))
                    .isEqualTo(tasks.stream()
                            .map(t -> planner.plan(t.observed(), t.desired(), POSITIONS))
                            .toList());
        }

        @Test
        void thatRunTheVerySameProgramsStillGetPlansOfTheirOwn() {
            List<Planner.Task> tasks = new ArrayList<>();
            for (ListMode mode : List.of(ListMode.MULTI, ListMode.NONE)) {
                for (ObservedHook.Above above : List.of(
                        new ObservedHook.Above.Nothing(),
                        new ObservedHook.Above.Unknown("a namespace"),
                        new ObservedHook.Above.List("/", ListMode.NONE, entries(90, "y")))) {
                    for (String wish : List.of("A2 B1", "A1 B2", "A1")) {
                        for (Set<String> retired : List.of(Set.<String>of(), Set.of("t"))) {
                            Hook hook = new Hook(
                                    new Cgroup(tasks.size(), "/" + tasks.size()), AttachType.CGROUP_INET_EGRESS);
                            tasks.add(new Planner.Task(
                                    observed(hook, 1, mode, "x A1 t:T1 B1", above),
                                    new DesiredHook(hook, List.of(chain("c", 1, REFUSE, wish)), retired)));
                        }
                    }
                }
            }
            Planner planner = new Planner();
            for (Planner.Task one : tasks) {
                for (Planner.Task other : tasks) {
                    assertThat(planner.planAll(List.of(one, other), POSITIONS))
                            .containsExactly(
                                    planner.plan(one.observed(), one.desired(), POSITIONS),
                                    planner.plan(other.observed(), other.desired(), POSITIONS));
                }
            }
        }
    }
}
