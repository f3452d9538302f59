package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host.DeleteOptions;
import io.bpfchain.agent.Host.Progress;
import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.agent.commit.Committer;
import io.bpfchain.agent.commit.DesiredHooks;
import io.bpfchain.agent.commit.HookPlans;
import io.bpfchain.agent.commit.HookResult;
import io.bpfchain.agent.commit.PlannedHook;
import io.bpfchain.agent.commit.Wanted;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.view.HookChanges;
import io.bpfchain.agent.view.StepShares;
import io.bpfchain.planner.Hook;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes chains out of the kernel and forgets them; their revisions stay in the history. */
final class Delete {
    private final Session session;
    private final Finish finish;
    private final DeleteOptions options;

    Delete(Session session, Finish finish, DeleteOptions options) {
        this.session = session;
        this.finish = finish;
        this.options = options;
    }

    ApplyOutcome run(List<String> names, Progress progress) throws IOException {
        Map<String, Journal> journals = session.state().journals().all();
        List<Problem> problems = new ArrayList<>();
        List<Journal> retiring = new ArrayList<>();
        for (String name : names) {
            Journal journal = journals.get(name);
            if (journal == null) {
                problems.add(new Problem(
                        Problem.Kind.REFUSED,
                        "NoSuchChain",
                        "chain " + name,
                        "delete chain " + name + ": this machine was not told to run it",
                        "\"bpfchain get chains\" lists the chains that it runs."));
            } else {
                new LostPins(session).problem("delete", journal).ifPresent(problems::add);
                if (!options.force()) {
                    Daemons.refusal(name, session.manager(journal), options.manager())
                            .ifPresent(problems::add);
                }
                retiring.add(journal.retired() ? journal : journal.retiring());
            }
        }
        String boot = session.state().bootId();
        List<Journal> attached =
                retiring.stream().filter(j -> j.bootId().equals(boot)).toList();
        HookPlans plans = plans(attached, journals.values());
        problems.addAll(plans.problems());
        if (!problems.isEmpty()) {
            return new ApplyOutcome.Refused(problems);
        }
        session.state().journals().write(retiring);
        session.configuration().checkpoint().reached("journal-written");
        return session.begun(attached, () -> commit(retiring, plans, progress));
    }

    private HookPlans plans(List<Journal> retiring, Iterable<Journal> journals) {
        Set<String> names = new HashSet<>();
        retiring.forEach(j -> names.add(j.chain()));
        List<Journal> others = new ArrayList<>();
        for (Journal journal : journals) {
            if (!names.contains(journal.chain())) {
                others.add(journal);
            }
        }
        return HookPlans.of(
                DesiredHooks.of(
                        retiring.stream().map(Wanted::of).toList(),
                        session.plannedWith(others).stream().map(Wanted::of).toList()),
                session.kernel(),
                session.planner(),
                session.capabilities());
    }

    private ApplyOutcome commit(List<Journal> retiring, HookPlans plans, Progress progress) throws IOException {
        Checkpoint checkpoint = session.configuration().checkpoint();
        List<HookResult> results =
                new Committer(session.executor(), session.state(), checkpoint).commit(retiring, plans, progress);
        HookChanges changes = new HookChanges(session.kernel());
        List<Problem> problems = new ArrayList<>();
        for (HookResult result : results) {
            if (result instanceof HookResult.Failed failed) {
                problems.add(failed.problem());
            }
        }
        Map<Hook, HookChange> hooks = new LinkedHashMap<>();
        for (int i = 0; i < plans.planned().size(); i++) {
            PlannedHook planned = plans.planned().get(i);
            hooks.put(planned.desired().hook(), changes.of(planned, Optional.of(results.get(i))));
        }
        List<String> warnings = finish.run(retiring);
        if (!problems.isEmpty()) {
            return new ApplyOutcome.Failed(problems, List.copyOf(hooks.values()), warnings);
        }
        StepShares shares = new StepShares();
        retiring.forEach(j -> shares.add(j.chain(), Wanted.of(j).all()));
        return new ApplyOutcome.Done(
                retiring.stream().map(j -> deleted(j, hooks, shares)).toList(), warnings);
    }

    private static ChainChange deleted(Journal journal, Map<Hook, HookChange> hooks, StepShares shares) {
        List<HookChange> own = new ArrayList<>();
        for (Hook hook : Wanted.of(journal).all()) {
            HookChange whole = hooks.get(hook);
            if (whole != null) {
                own.add(shares.of(journal.chain(), hook, whole));
            }
        }
        return new ChainChange(journal.chain(), "deleted", journal.revision(), own, List.of());
    }
}
