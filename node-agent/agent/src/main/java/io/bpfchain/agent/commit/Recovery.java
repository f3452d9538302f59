package io.bpfchain.agent.commit;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host.Progress;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.planner.Capabilities;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.Planner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finishes what was cut off. A journal whose work is not known to be done is carried out again from what the hooks run now: a hook
 * that runs the new programs already needs no step, one that runs the old ones gets them replaced, one that somebody changed
 * meanwhile is planned from there, and one whose cgroup is gone is left out. In another boot nothing is attached and nothing is done.
 */
public final class Recovery {
    private final Kernel kernel;
    private final Planner planner;
    private final Capabilities capabilities;
    private final Committer committer;

    public Recovery(Kernel kernel, Planner planner, Capabilities capabilities, Committer committer) {
        this.kernel = kernel;
        this.planner = planner;
        this.capabilities = capabilities;
        this.committer = committer;
    }

    /**
     * Finishes some chains: together, because they may depend on each other's places, or where that is refused one by one, so that one
     * that cannot be finished does not keep the others unfinished.
     *
     * @param unfinished their journals
     * @param running the journals of every chain that they are planned together with, these included
     * @return warnings about what could not be finished, whole sentences
     */
    public List<String> run(Collection<Journal> unfinished, Collection<Journal> running, Progress progress) {
        List<String> warnings = new ArrayList<>();
        HookPlans together = plan(unfinished, running);
        if (together.problems().isEmpty() || unfinished.size() == 1) {
            finish(unfinished, together, progress, warnings);
        } else {
            for (Journal journal : unfinished) {
                finish(List.of(journal), plan(List.of(journal), running), progress, warnings);
            }
        }
        return warnings;
    }

    private HookPlans plan(Collection<Journal> unfinished, Collection<Journal> running) {
        Set<String> names = names(unfinished);
        return HookPlans.of(
                DesiredHooks.of(
                        unfinished.stream().map(Wanted::of).toList(),
                        running.stream()
                                .filter(j -> !names.contains(j.chain()))
                                .map(Wanted::of)
                                .toList()),
                kernel,
                planner,
                capabilities);
    }

    private void finish(Collection<Journal> unfinished, HookPlans plans, Progress progress, List<String> warnings) {
        Set<String> names = names(unfinished);
        plans.problems().forEach(p -> warnings.add(unfinished(names, p)));
        for (HookResult result : committer.commit(unfinished, plans, progress)) {
            if (result instanceof HookResult.Failed failed) {
                warnings.add(unfinished(names, failed.problem()));
            }
        }
    }

    private static Set<String> names(Collection<Journal> journals) {
        return journals.stream().map(Journal::chain).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Says that a change of these chains could not be finished, and why. */
    public static String unfinished(Set<String> chains, Problem problem) {
        return "An earlier change of " + String.join(", ", chains) + " could not be finished: " + problem.text() + ". "
                + problem.remedy();
    }
}
