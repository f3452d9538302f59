package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.commit.DesiredHooks;
import io.bpfchain.agent.commit.Executor;
import io.bpfchain.agent.commit.HookPlans;
import io.bpfchain.agent.commit.HookResult;
import io.bpfchain.agent.commit.PlannedHook;
import io.bpfchain.agent.commit.Wanted;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalHook;
import io.bpfchain.agent.view.HookChanges;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.Hook;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Attaches a running chain to more cgroups. The hooks come first and the journal after: the programs are named by the journal already, so a
 * crash in between loses nothing, and the cgroup is unprotected for as short as can be.
 */
final class Extend {
    private final Session session;

    Extend(Session session) {
        this.session = session;
    }

    ApplyOutcome run(String chain, List<Cgroup> cgroups) {
        Map<String, Journal> journals = session.state().journals().all();
        Journal journal = journals.get(chain);
        if (journal == null || session.running(List.of(journal)).isEmpty()) {
            return new ApplyOutcome.Refused(List.of(new Problem(
                    Problem.Kind.REFUSED,
                    "NotRunning",
                    "chain " + chain,
                    "attach chain " + chain + " to more cgroups: it does not run now",
                    "Apply the chain.")));
        }
        List<Hook> hooks = cgroups.stream()
                .map(c -> new Hook(c, journal.attachType()))
                .filter(h -> !journal.hooks().contains(JournalHook.of(h)))
                .toList();
        List<Wanted> others = session.running(journals.values()).stream()
                .filter(j -> !j.chain().equals(chain))
                .map(Wanted::of)
                .toList();
        HookPlans plans = HookPlans.of(
                DesiredHooks.of(List.of(new Wanted(journal.desired(), hooks, List.of())), others),
                session.kernel(),
                session.planner(),
                session.capabilities());
        return plans.problems().isEmpty() ? attach(journal, plans) : new ApplyOutcome.Refused(plans.problems());
    }

    private ApplyOutcome attach(Journal journal, HookPlans plans) {
        Executor executor = session.executor();
        HookChanges changes = new HookChanges(session.kernel());
        List<Problem> problems = new ArrayList<>();
        List<HookChange> changed = new ArrayList<>();
        List<JournalHook> hooks = new ArrayList<>(journal.hooks());
        for (PlannedHook planned : plans.planned()) {
            HookResult result = executor.run(planned);
            changed.add(changes.of(planned, Optional.of(result)));
            switch (result) {
                case HookResult.Done done -> hooks.add(JournalHook.of(done.hook()));
                case HookResult.Gone _ -> {}
                case HookResult.Failed failed -> problems.add(failed.problem());
            }
        }
        if (hooks.size() > journal.hooks().size()) {
            boolean settled = session.state().chains().settled(journal);
            Journal next = journal.at(hooks, journal.leaving());
            session.state().journals().write(List.of(next));
            if (settled) {
                session.state().chains().settle(next);
            }
        }
        return problems.isEmpty()
                ? new ApplyOutcome.Done(
                        List.of(new ChainChange(journal.chain(), "configured", journal.revision(), changed, List.of())),
                        List.of())
                : new ApplyOutcome.Failed(problems, changed);
    }
}
