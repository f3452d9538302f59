package io.bpfchain.agent.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.view.HookChanges;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.DesiredChain;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.DesiredHook;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.OnUnsafe;
import io.bpfchain.planner.Owner;
import io.bpfchain.planner.PlanText;
import io.bpfchain.planner.Planner;
import io.bpfchain.planner.Version;
import io.bpfchain.planner.testing.CgroupLists.Attach;
import io.bpfchain.planner.testing.CgroupLists.Flag;
import io.bpfchain.planner.testing.Errno;
import io.bpfchain.planner.testing.InMemoryKernel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExecutorTest {
    private final InMemoryKernel kernel = InMemoryKernel.withPositions();
    private final Hook hook = new Hook(kernel.cgroup("/a"), AttachType.CGROUP_INET_EGRESS);
    private final Map<DesiredEntry, List<EntryId>> loaded = new HashMap<>();
    private final List<DesiredEntry> loadedAgain = new ArrayList<>();
    private boolean loads = true;
    private OnUnsafe onUnsafe = OnUnsafe.REFUSE;
    private @Nullable PlannedHook firstPlan;

    private DesiredEntry entry(String name, int version) {
        DesiredEntry entry = new DesiredEntry(new EntryKey("c", name), new Version("sha256:" + version + name));
        load(entry);
        return entry;
    }

    private EntryId load(DesiredEntry entry) {
        EntryId id = kernel.load(
                new Owner.Ours(entry.key(), entry.version(), "i"), entry.key().name());
        loaded.computeIfAbsent(entry, e -> new ArrayList<>()).add(id);
        return id;
    }

    private final class Loaded implements Programs {
        @Override
        public List<EntryId> loaded(DesiredEntry entry) {
            return loaded.getOrDefault(entry, List.of());
        }

        @Override
        public More another(DesiredEntry entry) {
            loadedAgain.add(entry);
            return loads
                    ? new More.Loaded(load(entry))
                    : new More.Refused(new Problem(
                            Problem.Kind.FAILED, "OutOfMemory", "c", "load it: ENOMEM", "Give it more memory."));
        }
    }

    private EntryId id(DesiredEntry entry) {
        return loaded.getOrDefault(entry, List.of()).getFirst();
    }

    private HookResult run(DesiredEntry... entries) {
        DesiredHook desired =
                new DesiredHook(hook, List.of(new DesiredChain("c", 100, onUnsafe, List.of(entries))), Set.of());
        HookPlans plans = HookPlans.of(List.of(desired), kernel, new Planner(), kernel.capabilities());
        assertThat(plans.problems()).isEmpty();
        firstPlan = plans.planned().getFirst();
        return new Executor(kernel, new Planner(), kernel.capabilities(), new Loaded(), Checkpoint.NONE)
                .run(List.of(firstPlan), done -> {})
                .getFirst();
    }

    private EntryId foreign() {
        return kernel.load(new Owner.Foreign(), "foreign");
    }

    private void attachForeign(EntryId id) {
        assertThat(kernel.lists()
                        .attach(hook.cgroup().path(), hook.attachType(), Attach.of(id.programId(), Flag.MULTI)))
                .isEmpty();
    }

    @Test
    void attachesInOrderAndReplacesInPlace() {
        DesiredEntry a = entry("a", 1);
        DesiredEntry b = entry("b", 1);
        run(a, b);
        DesiredEntry newer = entry("a", 2);

        HookResult result = run(newer, b);

        assertThat(result).isInstanceOfSatisfying(HookResult.Done.class, done -> {
            assertThat(done.ids()).containsExactly(id(newer), id(b));
            assertThat(made(done)).containsExactly("replace c/a");
        });
        assertThat(kernel.running(hook)).containsExactly(id(newer), id(b));
    }

    @Test
    void plansAgainWhenSomebodyAttachedInBetween() {
        DesiredEntry a = entry("a", 1);
        DesiredEntry b = entry("b", 1);
        EntryId foreign = foreign();
        kernel.beforeChange(() -> {});
        kernel.beforeChange(() -> attachForeign(foreign));

        HookResult result = run(a, b);

        assertThat(kernel.running(hook)).containsExactly(id(a), foreign, id(b));
        assertThat(made((HookResult.Done) result)).containsExactly("attach c/a", "attach c/b");
    }

    /** A first plan that could keep every promise says nothing of one that was made later. */
    @Test
    void tellsTheStepsThatWereMadeWithTheirGuarantees() {
        onUnsafe = OnUnsafe.ALLOW_OVERLAP;

        HookResult.Done done = (HookResult.Done) runWhileSomebodyMovesTheFirst();

        assertThat(made(done)).first().isEqualTo("replace c/a");
        assertThat(made(done)).hasSizeGreaterThan(3);
        assertThat(done.made()).hasSize(2);
        assertThat(done.made().getFirst().plan().hitless()).isTrue();
        assertThat(done.made().getLast().plan().hitless()).isFalse();
        assertThat(new HookChanges(kernel)
                        .of(Objects.requireNonNull(firstPlan), Optional.of(done)).steps().stream()
                                .map(s -> s.holds().hitless()))
                .contains(false);
    }

    /** The last surprise may have been that somebody else did what was left to do. */
    @Test
    void isDoneWhenTheListIsRightAfterTheLastAttempt() {
        DesiredEntry a = entry("a", 1);
        for (int i = 1; i <= Executor.ATTEMPTS; i++) {
            boolean last = i == Executor.ATTEMPTS;
            kernel.failNextChange(Errno.ESTALE);
            kernel.beforeChange(() -> {
                if (last) {
                    attachForeign(id(a));
                }
            });
        }

        assertThat(run(a)).isInstanceOf(HookResult.Done.class);
        assertThat(kernel.running(hook)).containsExactly(id(a));
    }

    private static List<String> made(HookResult.Done done) {
        return done.made().stream()
                .flatMap(m -> m.plan().steps().stream().map(s -> PlanText.line(s, m.observed())))
                .map(l -> l.action() + " " + l.entry())
                .toList();
    }

    @Test
    void plansAgainWhenTheRevisionIsStale() {
        DesiredEntry a = entry("a", 1);
        kernel.failNextChange(Errno.ESTALE);

        assertThat(run(a)).isInstanceOf(HookResult.Done.class);
        assertThat(kernel.running(hook)).containsExactly(id(a));
    }

    @Test
    void failsAtOnceWhenACallFailsAndNobodyChangedTheList() {
        DesiredEntry a = entry("a", 1);
        kernel.failNextChange(Errno.EPERM);

        assertThat(run(a)).isInstanceOfSatisfying(HookResult.Failed.class, f -> {
            assertThat(f.problem().kind()).isEqualTo(Problem.Kind.NOT_PERMITTED);
            assertThat(f.problem().message())
                    .startsWith("attach c/a (sha256:1a) to /a [cgroup_inet_egress]: BPF_PROG_ATTACH: EPERM");
        });
        assertThat(kernel.changes()).hasSize(1);
    }

    @Test
    void putsBackWhatSomebodyDetachedInBetween() {
        DesiredEntry a = entry("a", 1);
        DesiredEntry b = entry("b", 1);
        run(a, b);
        DesiredEntry newer = entry("b", 2);
        kernel.beforeChange(() -> kernel.detach(hook, id(a), OptionalLong.empty()));

        assertThat(run(a, newer)).isInstanceOf(HookResult.Done.class);
        assertThat(kernel.running(hook)).containsExactly(id(a), id(newer));
    }

    /** The new version of {@code a} is brought in, and somebody moves it to the tail before the next one is replaced. */
    private HookResult runWhileSomebodyMovesTheFirst() {
        DesiredEntry a = entry("a", 1);
        DesiredEntry b = entry("b", 1);
        DesiredEntry c = entry("c", 1);
        run(a, b, c);
        DesiredEntry newerA = entry("a", 2);
        DesiredEntry newerB = entry("b", 2);
        kernel.beforeChange(() -> {});
        kernel.beforeChange(() -> {
            kernel.detach(hook, id(newerA), OptionalLong.empty());
            attachForeign(id(newerA));
            attachForeign(foreign());
        });
        return run(newerA, newerB, entry("c", 2));
    }

    @Test
    void loadsOnceMoreWhatSomebodyMovedMeanwhile() {
        onUnsafe = OnUnsafe.ALLOW_OVERLAP;

        assertThat(runWhileSomebodyMovesTheFirst()).isInstanceOf(HookResult.Done.class);

        assertThat(loadedAgain).hasSize(1);
        assertThat(loaded.get(loadedAgain.getFirst())).hasSize(2);
    }

    @Test
    void saysWhyTheSecondLoadFailedAndTouchesNothingOnTheWay() {
        onUnsafe = OnUnsafe.ALLOW_OVERLAP;
        loads = false;

        assertThat(runWhileSomebodyMovesTheFirst()).isInstanceOfSatisfying(HookResult.Failed.class, f -> {
            assertThat(f.problem().reason()).isEqualTo("NotLoaded");
            assertThat(f.problem().message())
                    .endsWith("somebody else changed the list meanwhile, so that this program is needed once more,"
                            + " and that was not possible: load it: ENOMEM");
            assertThat(f.problem().remedy()).isEqualTo("Give it more memory.");
        });
        assertThat(loadedAgain).hasSize(1);
    }

    @Test
    void doesNotMoveAnythingBackWhereTheChainDoesNotAllowAnOverlap() {
        assertThat(runWhileSomebodyMovesTheFirst())
                .isInstanceOfSatisfying(
                        HookResult.Failed.class,
                        f -> assertThat(f.problem().reason()).isEqualTo("Reordering"));
        assertThat(loadedAgain).isEmpty();
    }

    @Test
    void givesUpHonestlyWhenTheListKeepsChanging() {
        DesiredEntry a = entry("a", 1);
        for (int i = 0; i < 2 * Executor.ATTEMPTS; i++) {
            kernel.failNextChange(Errno.ESTALE);
        }

        assertThat(run(a))
                .isInstanceOfSatisfying(
                        HookResult.Failed.class,
                        f -> assertThat(f.problem().reason()).isEqualTo("ListKeptChanging"));
        assertThat(kernel.changes()).hasSize(Executor.ATTEMPTS);
    }

    @Test
    void leavesOutAHookWhoseCgroupIsGone() {
        DesiredEntry a = entry("a", 1);
        DesiredHook desired =
                new DesiredHook(hook, List.of(new DesiredChain("c", 100, OnUnsafe.REFUSE, List.of(a))), Set.of());
        HookPlans plans = HookPlans.of(List.of(desired), kernel, new Planner(), kernel.capabilities());
        kernel.lists().rmdir("/a");

        HookResult result = new Executor(kernel, new Planner(), kernel.capabilities(), new Loaded(), Checkpoint.NONE)
                .run(List.of(plans.planned().getFirst()), done -> {})
                .getFirst();

        assertThat(result).isEqualTo(new HookResult.Gone(hook));
        assertThat(kernel.observe(hook)).isInstanceOf(Kernel.Observation.Failed.class);
    }
}
