package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import io.bpfchain.agent.ApplyOutcome.Fate;
import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.agent.ApplyOutcome.MapChange;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.agent.commit.DesiredHooks;
import io.bpfchain.agent.commit.HookPlans;
import io.bpfchain.agent.commit.HookResult;
import io.bpfchain.agent.commit.PlannedHook;
import io.bpfchain.agent.commit.Problems;
import io.bpfchain.agent.commit.Wanted;
import io.bpfchain.agent.prepare.ResolvedChain;
import io.bpfchain.agent.prepare.Resolver;
import io.bpfchain.agent.prepare.Snapshot;
import io.bpfchain.agent.prepare.SwapCheck;
import io.bpfchain.agent.state.ChainStore;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.StateDirectory;
import io.bpfchain.agent.state.StoredRevision;
import io.bpfchain.agent.view.HookChanges;
import io.bpfchain.agent.view.StepShares;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Selections;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A change of some chains, decided in every part before anything is loaded or touched. */
final class Change {
    private final Session session;
    private final List<Target> targets;
    private final HookPlans plans;
    private final Map<String, List<MapChange>> maps;
    private final List<String> warnings;

    private Change(
            Session session,
            List<Target> targets,
            HookPlans plans,
            Map<String, List<MapChange>> maps,
            List<String> warnings) {
        this.session = session;
        this.targets = List.copyOf(targets);
        this.plans = plans;
        this.maps = Map.copyOf(maps);
        this.warnings = List.copyOf(warnings);
    }

    /** Decides; {@code problems} gets what stands in the way. */
    static Change of(Session session, List<Snapshot> snapshots, List<Problem> problems) {
        Map<String, Journal> journals = session.state().journals().all();
        Resolver resolver = new Resolver(session.inspections(), session.state().entries());
        List<Target> targets = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (Snapshot snapshot : snapshots) {
            Optional<Journal> journal = Optional.ofNullable(journals.get(snapshot.chain()));
            target(session, resolver, snapshot, journal, warnings, problems).ifPresent(targets::add);
        }
        if (!problems.isEmpty()) {
            return new Change(session, List.of(), new HookPlans(List.of(), List.of(), List.of()), Map.of(), warnings);
        }
        HookPlans plans = plans(session, targets, journals.values());
        problems.addAll(plans.problems());
        Set<String> changing = snapshots.stream().map(Snapshot::chain).collect(Collectors.toSet());
        problems.addAll(SharedContents.problems(
                targets.stream().map(Target::chain).toList(),
                journals.values().stream()
                        .filter(j -> j.bootId().equals(session.state().bootId()))
                        .filter(j -> !j.retired() && !changing.contains(j.chain()))
                        .toList()));
        plans.planned().forEach(p -> warnings.addAll(p.plan().warnings()));
        Map<String, List<MapChange>> maps = new HashMap<>();
        targets.forEach(t -> maps.put(t.chain().name(), MapChanges.of(t, session.live(), problems)));
        return new Change(
                session, targets, plans, maps, warnings.stream().distinct().toList());
    }

    private static Optional<Target> target(
            Session session,
            Resolver resolver,
            Snapshot snapshot,
            Optional<Journal> journal,
            List<String> warnings,
            List<Problem> problems) {
        Optional<ResolvedChain> resolved = resolver.resolve(snapshot, problems);
        Optional<List<Cgroup>> cgroups = cgroups(session, snapshot, warnings, problems);
        journal.flatMap(j -> new LostPins(session).problem("change", j)).ifPresent(problems::add);
        if (resolved.isEmpty() || cgroups.isEmpty()) {
            return Optional.empty();
        }
        Selections.refusal(snapshot.chain(), resolved.get().attachType(), cgroups.get())
                .ifPresent(r -> problems.add(Problems.refused(r)));
        new SwapCheck(session.inspections()).check(resolved.get(), cgroups.get().size(), warnings, problems);
        Target target = target(session.state(), resolved.get(), cgroups.get(), journal);
        journal.filter(j -> target.newContent() && !j.retired())
                .flatMap(j -> Daemons.madeByAnother("change", snapshot.chain(), session.manager(j), snapshot.manager()))
                .ifPresent(problems::add);
        journal.filter(j -> target.newContent())
                .flatMap(j -> Daemons.takenOver(snapshot.chain(), session.manager(j), snapshot.manager()))
                .ifPresent(warnings::add);
        return Optional.of(target);
    }

    /** The plans for every hook that a chain of the change runs at, or ran at, together with the other chains there. */
    private static HookPlans plans(Session session, List<Target> targets, Collection<Journal> journals) {
        Set<String> changing = targets.stream().map(t -> t.chain().name()).collect(Collectors.toSet());
        List<Journal> others = session.plannedWith(
                journals.stream().filter(j -> !changing.contains(j.chain())).toList());
        return HookPlans.of(
                DesiredHooks.of(
                        targets.stream().map(Target::wanted).toList(),
                        others.stream().map(Wanted::of).toList()),
                session.kernel(),
                session.planner(),
                session.capabilities());
    }

    private static Optional<List<Cgroup>> cgroups(
            Session session, Snapshot snapshot, List<String> warnings, List<Problem> problems) {
        return switch (session.configuration().cgroups().resolve(snapshot.spec().cgroup())) {
            case Cgroups.Resolution.Found found -> {
                warnings.addAll(found.warnings());
                yield Optional.of(found.cgroups());
            }
            case Cgroups.Resolution.Refused refused -> {
                problems.add(refused.problem()
                        .at(snapshot.at(snapshot.spec().cgroup().path() == null ? "spec.cgroup" : "spec.cgroup.path")));
                yield Optional.empty();
            }
        };
    }

    private static Target target(
            StateDirectory state, ResolvedChain chain, List<Cgroup> cgroups, Optional<Journal> journal) {
        ChainStore chains = state.chains();
        String digest = chain.snapshot().digest();
        Optional<StoredRevision> latest = journal.flatMap(j -> chains.revision(chain.name(), j.revision()));
        boolean same = latest.filter(r -> r.digest().equals(digest)).isPresent();
        Optional<ChainStore.Current> current = chains.current(chain.name());
        int last = Math.max(
                journal.map(Journal::revision).orElse(0),
                current.map(ChainStore.Current::revision).orElse(0));
        long sequence = Math.max(
                journal.map(Journal::sequence).orElse(0L),
                current.map(ChainStore.Current::sequence).orElse(0L));
        Optional<Journal> before = journal.filter(j -> j.bootId().equals(state.bootId()));
        return new Target(
                chain,
                cgroups,
                before,
                before.filter(chains::settled).isPresent(),
                same ? last : last + 1,
                !same,
                sequence + 1,
                journal.filter(j -> !j.retired()).flatMap(j -> latest).map(StoredRevision::createdAt));
    }

    List<Target> targets() {
        return targets;
    }

    HookPlans plans() {
        return plans;
    }

    List<String> warnings() {
        return warnings;
    }

    /** Whether the machine runs all of it already, and the state says so. */
    boolean nothingToDo() {
        return plans.nothingToDo()
                && plans.gone().isEmpty()
                && maps.values().stream().flatMap(List::stream).noneMatch(Change::changesEntries)
                && targets.stream().allMatch(t -> !t.newContent() && t.runsThere());
    }

    /** Nothing was done, because nothing had to be or nothing shall be. */
    ApplyOutcome done() {
        return done(Map.of());
    }

    /**
     * What would be done.
     *
     * @param kept what becomes of the maps of a chain, by its name
     */
    ApplyOutcome done(Map<String, List<MapChange>> kept) {
        return new ApplyOutcome.Done(chainChanges(Map.of(), kept), warnings);
    }

    /** What came of carrying it out. */
    ApplyOutcome outcome(List<HookResult> results, List<String> more) {
        List<Problem> problems = new ArrayList<>();
        List<String> all = new ArrayList<>(warnings);
        Map<Hook, HookResult> byHook = new HashMap<>();
        for (HookResult result : results) {
            byHook.put(result.hook(), result);
            switch (result) {
                case HookResult.Done _ -> {}
                case HookResult.Gone gone ->
                    all.add("The cgroup of " + gone.hook() + " was removed meanwhile; it is left out.");
                case HookResult.Failed failed -> problems.add(failed.problem());
            }
        }
        all.addAll(more);
        HookChanges changes = new HookChanges(session.kernel());
        return problems.isEmpty()
                ? new ApplyOutcome.Done(chainChanges(byHook, Map.of()), all)
                : new ApplyOutcome.Failed(
                        problems,
                        plans.planned().stream()
                                .map(p -> changes.now(p.desired().hook()))
                                .toList(),
                        all);
    }

    private List<ChainChange> chainChanges(Map<Hook, HookResult> results, Map<String, List<MapChange>> kept) {
        HookChanges changes = new HookChanges(session.kernel());
        Map<Hook, HookChange> all = new HashMap<>();
        for (PlannedHook planned : plans.planned()) {
            Hook hook = planned.desired().hook();
            all.put(hook, changes.of(planned, Optional.ofNullable(results.get(hook))));
        }
        StepShares shares = new StepShares();
        targets.forEach(t -> shares.add(t.chain().name(), t.wanted().all()));
        return targets.stream()
                .map(t ->
                        chainChange(t, all, shares, kept.getOrDefault(t.chain().name(), List.of())))
                .toList();
    }

    private ChainChange chainChange(Target target, Map<Hook, HookChange> all, StepShares shares, List<MapChange> kept) {
        String name = target.chain().name();
        List<HookChange> hooks = new ArrayList<>();
        for (Hook hook : target.wanted().all()) {
            HookChange whole = all.get(hook);
            if (whole != null) {
                hooks.add(shares.of(name, hook, whole));
            }
        }
        List<MapChange> own = maps.getOrDefault(name, List.of());
        return new ChainChange(
                name, verb(target, hooks, own), target.revision(), hooks, MapChanges.together(own, kept));
    }

    private static String verb(Target target, List<HookChange> hooks, List<MapChange> maps) {
        if (target.isNew()) {
            return "created";
        }
        boolean changed = target.newContent()
                || hooks.stream().anyMatch(h -> !h.steps().isEmpty())
                || maps.stream().anyMatch(Change::changesEntries);
        return changed ? "configured" : "unchanged";
    }

    private static boolean changesEntries(MapChange map) {
        return map.fate() == Fate.CHANGED;
    }
}
