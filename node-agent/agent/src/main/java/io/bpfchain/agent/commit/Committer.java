package io.bpfchain.agent.commit;

import io.bpfchain.agent.Host.Progress;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.StateDirectory;
import io.bpfchain.planner.Hook;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Carries out the plans of all hooks of a change and records which chains have reached their journal. */
public final class Committer {
    private final Executor executor;
    private final StateDirectory state;
    private final Checkpoint checkpoint;

    public Committer(Executor executor, StateDirectory state, Checkpoint checkpoint) {
        this.executor = executor;
        this.state = state;
        this.checkpoint = checkpoint;
    }

    /**
     * Carries out. A hook that fails does not stop the others: each of them is brought to what is wanted, because that is what the
     * journals say by now.
     *
     * @param journals of the chains that change; they are durable
     */
    public List<HookResult> commit(Collection<Journal> journals, HookPlans plans, Progress progress) {
        int total = plans.planned().size();
        List<HookResult> results =
                new ArrayList<>(executor.run(plans.planned(), done -> progress.advanced("attach", done, total)));
        plans.gone().forEach(hook -> results.add(new HookResult.Gone(hook)));
        checkpoint.reached("hooks-done");
        if (plans.problems().isEmpty()) {
            settle(journals, results);
        }
        return results;
    }

    private void settle(Collection<Journal> journals, List<HookResult> results) {
        Set<Hook> failed = new HashSet<>();
        for (HookResult result : results) {
            if (result instanceof HookResult.Failed) {
                failed.add(result.hook());
            }
        }
        List<Journal> done = journals.stream()
                .filter(j -> failed.isEmpty() || Wanted.of(j).all().stream().noneMatch(failed::contains))
                .toList();
        done.stream().filter(Journal::retired).forEach(j -> {
            state.journals().delete(j.chain());
            checkpoint.reached("settled");
        });
        state.chains().settle(done.stream().filter(j -> !j.retired()).toList());
        checkpoint.reached("settled");
    }
}
