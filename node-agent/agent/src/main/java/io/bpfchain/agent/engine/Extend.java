package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.agent.commit.DesiredHooks;
import io.bpfchain.agent.commit.Executor;
import io.bpfchain.agent.commit.HookPlans;
import io.bpfchain.agent.commit.HookResult;
import io.bpfchain.agent.commit.Wanted;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalHook;
import io.bpfchain.agent.state.Journals;
import io.bpfchain.agent.view.HookChanges;
import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Attaches a running chain to more cgroups. They are announced first and go to the journal when they are attached, so a crash in between
 * loses none, and the cgroups do not wait for the disk.
 */
final class Extend {
    private static final int LOOKED_AT = 16;

    private final Session session;

    Extend(Session session) {
        this.session = session;
    }

    /**
     * Attaches. It is the chain that runs which reaches its cgroups, and only where nothing is left to finish: what was not finished may
     * be so for a reason.
     *
     * @param selection by which the cgroups were found
     */
    ApplyOutcome run(String chain, CgroupSpec selection, List<Cgroup> cgroups) {
        session.state().journals().finish();
        Map<String, Journal> journals = session.state().journals().all();
        Journal journal = journals.get(chain);
        if (journal == null || session.running(List.of(journal)).isEmpty()) {
            return refused(chain, "NotRunning", "it does not run now");
        }
        if (!session.state().chains().settled(journal)) {
            return refused(chain, "Unfinished", "a change of it is not finished");
        }
        CgroupSpec running = session.state()
                .chains()
                .require(chain, journal.revision())
                .spec()
                .cgroup();
        if (!running.equals(selection)) {
            return refused(
                    chain,
                    "OtherCgroups",
                    "what runs is for " + running.summary() + ", not for " + selection.summary());
        }
        Set<Hook> hooks = new LinkedHashSet<>();
        for (Cgroup cgroup : cgroups) {
            Hook hook = new Hook(cgroup, journal.attachType());
            if (!journal.hooks().contains(JournalHook.of(hook))) {
                hooks.add(hook);
            }
        }
        List<Wanted> others = new ArrayList<>();
        for (Journal other : session.running(journals.values())) {
            Wanted wanted = Wanted.of(other);
            if (!other.chain().equals(chain) && wanted.all().stream().anyMatch(hooks::contains)) {
                if (!session.state().chains().settled(other)) {
                    return refused(
                            chain, "Unfinished", "a change of chain " + other.chain() + " there is not finished");
                }
                others.add(wanted);
            }
        }
        HookPlans plans = HookPlans.of(
                DesiredHooks.of(List.of(new Wanted(journal.desired(), List.copyOf(hooks), List.of())), others),
                session.kernel(),
                session.planner(),
                session.capabilities());
        return plans.problems().isEmpty() ? attach(journal, plans) : new ApplyOutcome.Refused(plans.problems());
    }

    private static ApplyOutcome refused(String chain, String reason, String why) {
        return new ApplyOutcome.Refused(List.of(new Problem(
                Problem.Kind.REFUSED,
                reason,
                "chain " + chain,
                "attach chain " + chain + " to more cgroups: " + why,
                "Apply the chain.")));
    }

    /**
     * Looks at the hooks that were not looked at for longest, at least at twice as many as came, so that a journal does not grow with
     * every cgroup that came and went.
     */
    private List<JournalHook> withoutGone(List<JournalHook> hooks, int added) {
        int looked = Math.min(Math.max(LOOKED_AT, 2 * added), hooks.size());
        List<JournalHook> left = new ArrayList<>(hooks.subList(looked, hooks.size()));
        for (JournalHook hook : hooks.subList(0, looked)) {
            if (!(session.kernel().readBack(hook.hook()) instanceof Kernel.ReadBack.Failed failed
                    && Executor.gone(failed.error()))) {
                left.add(hook);
            }
        }
        return left;
    }

    private ApplyOutcome attach(Journal journal, HookPlans plans) {
        Journals journals = session.state().journals();
        Checkpoint checkpoint = session.configuration().checkpoint();
        List<JournalHook> hooks = new ArrayList<>(journal.hooks());
        plans.planned().forEach(p -> hooks.add(JournalHook.of(p.desired().hook())));
        journals.extending(journal.chain(), hooks.subList(journal.hooks().size(), hooks.size()));
        checkpoint.reached("extension-announced");
        HookChanges changes = new HookChanges(session.kernel());
        List<Problem> problems = new ArrayList<>();
        List<HookChange> changed = new ArrayList<>();
        List<HookResult> results = session.executor().run(plans.planned(), done -> {});
        for (int i = 0; i < results.size(); i++) {
            changed.add(changes.of(plans.planned().get(i), Optional.of(results.get(i))));
            switch (results.get(i)) {
                case HookResult.Done _ -> {}
                case HookResult.Gone gone -> hooks.remove(JournalHook.of(gone.hook()));
                case HookResult.Failed failed -> problems.add(failed.problem());
            }
        }
        checkpoint.reached("hooks-done");
        if (hooks.size() > journal.hooks().size()) {
            List<JournalHook> next =
                    withoutGone(hooks, hooks.size() - journal.hooks().size());
            journals.write(List.of(problems.isEmpty() ? journal.reaching(next) : journal.at(next, journal.leaving())));
            checkpoint.reached("journal-written");
        }
        journals.extended();
        checkpoint.reached("extended");
        return problems.isEmpty()
                ? new ApplyOutcome.Done(
                        List.of(new ChainChange(journal.chain(), "configured", journal.revision(), changed, List.of())),
                        List.of())
                : new ApplyOutcome.Failed(problems, changed);
    }
}
