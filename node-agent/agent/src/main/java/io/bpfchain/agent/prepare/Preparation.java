package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.agent.commit.HookPlans;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedObject;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedProgram;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalEntry;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.agent.state.Journal.JournalObject;
import io.bpfchain.agent.state.StateDirectory;
import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.kernel.PinnedInstance;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.Load;
import io.bpfchain.planner.PlannedStep;
import io.bpfchain.planner.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Loads what chains need and do not have yet: one load for each object, whatever the number of its programs and cgroups, and none for
 * a version that is pinned already. What was loaded is taken back by {@link #drop} when the change is not made after all.
 */
public final class Preparation {
    private final Instances instances;
    private final Inspections inspections;
    private final LiveInstances live;
    private final MapDecisions mapDecisions;
    private final List<PinnedInstance> loaded = new ArrayList<>();

    private Preparation(Instances instances, Inspections inspections, LiveInstances live, MapDecisions mapDecisions) {
        this.instances = instances;
        this.inspections = inspections;
        this.live = live;
        this.mapDecisions = mapDecisions;
    }

    /** Works on one machine. */
    public static Preparation of(
            ObjectLoader loader,
            StateDirectory state,
            Bpffs bpffs,
            CgroupKernel kernel,
            LiveInstances live,
            Inspections inspections,
            Checkpoint checkpoint) {
        return new Preparation(
                new Instances(loader, state, bpffs, kernel, live, checkpoint), inspections, live, new MapDecisions());
    }

    /**
     * Loads one chain; adds to {@code problems} why it could not, and is empty then.
     *
     * @param uid of the chain
     * @param before its journal, where it runs in this boot
     * @param plans of all hooks, which say where a program is needed a second time
     */
    public Optional<PreparedChain> prepare(
            ResolvedChain chain, String uid, Optional<Journal> before, HookPlans plans, List<Problem> problems)
            throws IOException {
        List<JournalObject> objects = new ArrayList<>();
        for (ResolvedObject object : chain.objects()) {
            Optional<JournalObject> prepared = object(chain, uid, object, before, problems);
            if (prepared.isEmpty()) {
                return Optional.empty();
            }
            objects.add(prepared.get());
        }
        List<String> copies = new ArrayList<>();
        for (DesiredEntry entry : neededTwice(plans, chain.name())) {
            if (live.loaded(entry).size() < 2) {
                Optional<PinnedInstance> copy = copy(chain, uid, entry, objects, problems);
                if (copy.isEmpty()) {
                    return Optional.empty();
                }
                copies.add(copy.get().instance());
            }
        }
        return Optional.of(new PreparedChain(chain, entries(chain), objects, copies));
    }

    /** Takes back everything that was loaded. */
    public void drop() throws IOException {
        instances.drop(loaded);
        loaded.clear();
    }

    private Optional<JournalObject> object(
            ResolvedChain chain, String uid, ResolvedObject object, Optional<Journal> before, List<Problem> problems)
            throws IOException {
        List<ResolvedProgram> missing = chain.programsOf(object).stream()
                .filter(p -> live.loaded(chain.entry(p)).isEmpty())
                .toList();
        Optional<JournalObject> journalled = before.flatMap(j -> j.object(object.name()));
        if (missing.isEmpty()
                && journalled.filter(o -> o.version().equals(object.version())).isPresent()) {
            return journalled;
        }
        Baseline baseline = baseline(chain, object, journalled);
        Optional<List<MapChoice>> maps = mapDecisions.decide(chain, object, missing, baseline, inspections, problems);
        if (maps.isEmpty()) {
            return Optional.empty();
        }
        Map<String, PinnedMap> liveMaps = new LinkedHashMap<>();
        if (baseline instanceof Baseline.Same same) {
            liveMaps.putAll(same.maps());
        }
        if (!missing.isEmpty()) {
            Optional<PinnedInstance> instance =
                    load(new InstanceLoad(chain, uid, object, missing, maps.get()), problems);
            if (instance.isEmpty()) {
                return Optional.empty();
            }
            instance.get().maps().forEach(m -> liveMaps.put(m.mapName(), m));
        }
        return Optional.of(new JournalObject(object.name(), object.digest(), object.version(), journalMaps(liveMaps)));
    }

    private Baseline baseline(ResolvedChain chain, ResolvedObject object, Optional<JournalObject> journalled) {
        Map<String, PinnedMap> same = new LinkedHashMap<>();
        if (journalled.filter(o -> o.version().equals(object.version())).isPresent()) {
            same.putAll(liveMaps(journalled.get()));
        }
        for (ResolvedProgram program : chain.programsOf(object)) {
            live.holding(chain.entry(program)).ifPresent(i -> i.maps().forEach(m -> same.putIfAbsent(m.mapName(), m)));
        }
        if (!same.isEmpty()) {
            return new Baseline.Same(same);
        }
        return journalled.<Baseline>map(o -> new Baseline.Older(o, liveMaps(o))).orElseGet(Baseline.Nothing::new);
    }

    private Map<String, PinnedMap> liveMaps(JournalObject object) {
        Map<String, PinnedMap> maps = new LinkedHashMap<>();
        for (JournalMap map : object.maps()) {
            live.map(map.instance(), map.name()).ifPresent(m -> maps.put(map.name(), m));
        }
        return maps;
    }

    private Optional<PinnedInstance> copy(
            ResolvedChain chain, String uid, DesiredEntry entry, List<JournalObject> objects, List<Problem> problems)
            throws IOException {
        ResolvedProgram program = chain.programs().stream()
                .filter(p -> chain.entry(p).equals(entry))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException("the plan names " + entry.key() + ", which is not in the chain"));
        ResolvedObject object = chain.objects().stream()
                .filter(o -> o.name().equals(program.object()))
                .findFirst()
                .orElseThrow();
        Map<String, PinnedMap> maps = objects.stream()
                .filter(o -> o.name().equals(object.name()))
                .findFirst()
                .map(this::liveMaps)
                .orElseThrow();
        Optional<List<MapChoice>> choices =
                mapDecisions.decide(chain, object, List.of(program), new Baseline.Same(maps), inspections, problems);
        return choices.isEmpty()
                ? Optional.empty()
                : load(new InstanceLoad(chain, uid, object, List.of(program), choices.get()), problems);
    }

    private Optional<PinnedInstance> load(InstanceLoad load, List<Problem> problems) throws IOException {
        Optional<PinnedInstance> instance = instances.load(load, problems);
        instance.ifPresent(loaded::add);
        return instance;
    }

    private List<JournalEntry> entries(ResolvedChain chain) {
        return chain.programs().stream()
                .map(p -> new JournalEntry(
                        p.name(),
                        p.object(),
                        p.function(),
                        p.version().digest(),
                        live.holding(chain.entry(p)).orElseThrow().instance()))
                .toList();
    }

    private static List<JournalMap> journalMaps(Map<String, PinnedMap> live) {
        return live.values().stream()
                .map(m -> new JournalMap(m.mapName(), instanceOf(m), null, null, -1, false))
                .toList();
    }

    private static String instanceOf(PinnedMap map) {
        return map.pin().getName(map.pin().getNameCount() - 2).toString();
    }

    private static Set<DesiredEntry> neededTwice(HookPlans plans, String chain) {
        Set<DesiredEntry> needed = new LinkedHashSet<>();
        plans.planned().forEach(hook -> {
            for (PlannedStep step : hook.plan().steps()) {
                copied(step.step()).filter(e -> e.key().chain().equals(chain)).ifPresent(needed::add);
            }
        });
        return needed;
    }

    private static Optional<DesiredEntry> copied(Step step) {
        return switch (step) {
            case Step.Attach attach when attach.load() == Load.COPY -> Optional.of(attach.entry());
            case Step.Replace replace when replace.load() == Load.COPY -> Optional.of(replace.by());
            case Step.Attach _, Step.Replace _, Step.Detach _ -> Optional.empty();
        };
    }
}
