package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.MapChange;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.commit.HookPlans;
import io.bpfchain.agent.prepare.Instances.Begun;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedObject;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedProgram;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalEntry;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.agent.state.Journal.JournalObject;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.kernel.PinnedInstance;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.Load;
import io.bpfchain.planner.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Loads what chains need and do not have yet: one load for each object, whatever the number of its programs and cgroups, and none for
 * a version that is pinned already. Loads that have nothing to do with each other can begin together. What was loaded is taken back by
 * {@link #drop} when the change is not made after all.
 */
public final class Preparation {
    private static final int MOST_AT_A_TIME = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8);

    private final Instances instances;
    private final LiveInstances live;
    private final SharedMaps shared;
    private final LoadDecisions decisions;
    private final List<PinnedInstance> loaded = new ArrayList<>();

    /** By chain and object. */
    private final Map<List<String>, Begun> begun = new LinkedHashMap<>();

    /**
     * A chain that is to be prepared.
     *
     * @param uid of the chain
     * @param before its journal of this boot
     */
    public record Wish(ResolvedChain chain, String uid, Optional<Journal> before) {}

    /**
     * Prepares one change.
     *
     * @param shared the maps that chains share now; kept up to date while chains are prepared
     */
    public Preparation(Instances instances, Inspections inspections, LiveInstances live, SharedMaps shared) {
        this.instances = instances;
        this.live = live;
        this.shared = shared;
        this.decisions = new LoadDecisions(inspections, new MapDecisions(inspections, shared));
    }

    /**
     * Begins to load what these chains need, several objects at a time. One that may share a map with another is left for its turn, and so is
     * one with which something is wrong.
     */
    public void begin(List<Wish> wishes) {
        if (wishes.size() < 2) {
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(
                MOST_AT_A_TIME,
                work -> Thread.ofPlatform().daemon().name("load").unstarted(work));
        try {
            wishes.forEach(w -> begin(w, threads));
        } finally {
            threads.shutdown();
        }
    }

    private void begin(Wish wish, Executor threads) {
        for (ResolvedObject object : wish.chain().objects()) {
            if (object.spec().maps().stream().allMatch(m -> m.sharedAs() == null)) {
                decide(wish, object, new ArrayList<>())
                        .ifPresent(l -> begun.put(key(wish.chain(), object), instances.begin(l, threads)));
            }
        }
    }

    private static List<String> key(ResolvedChain chain, ResolvedObject object) {
        return List.of(chain.name(), object.name());
    }

    /** What is missing of an object; empty where nothing is, and where {@code problems} got why it cannot be loaded. */
    private Optional<InstanceLoad> decide(Wish wish, ResolvedObject object, List<Problem> problems) {
        List<ResolvedProgram> missing = missing(wish.chain(), object);
        Optional<JournalObject> journalled = wish.before().flatMap(j -> j.object(object.name()));
        return missing.isEmpty()
                ? Optional.empty()
                : decisions.decide(
                        wish.chain(),
                        wish.uid(),
                        object,
                        missing,
                        baseline(wish.chain(), object, journalled),
                        problems);
    }

    /**
     * Loads one chain; adds to {@code problems} why it could not, and is empty then.
     *
     * @param plans of all hooks, which say where a program is needed a second time
     */
    public Optional<PreparedChain> prepare(Wish wish, HookPlans plans, List<Problem> problems) throws IOException {
        ResolvedChain chain = wish.chain();
        String uid = wish.uid();
        for (ResolvedObject object : chain.objects()) {
            if (!load(wish, object, problems)) {
                return Optional.empty();
            }
        }
        List<String> copies = new ArrayList<>();
        for (DesiredEntry entry : neededTwice(plans, chain.name())) {
            if (live.loaded(entry).size() < 2) {
                if (!copy(chain, uid, entry, problems)) {
                    return Optional.empty();
                }
                copies.add(loaded.getLast().instance());
            }
        }
        List<JournalObject> objects =
                chain.objects().stream().map(o -> journalObject(chain, o)).toList();
        shared.replace(chain.name(), objects, live);
        return Optional.of(new PreparedChain(chain, entries(chain), objects, copies));
    }

    /**
     * Finds what would stand in the way of {@link #prepare}, short of what only the verifier finds; loads nothing.
     *
     * @return what becomes of the maps of objects whose version changes
     */
    public List<MapChange> check(ResolvedChain chain, Optional<Journal> before, List<Problem> problems) {
        List<MapChange> maps = new ArrayList<>();
        for (ResolvedObject object : chain.objects()) {
            List<ResolvedProgram> missing = missing(chain, object);
            if (!missing.isEmpty()) {
                Optional<JournalObject> journalled = before.flatMap(j -> j.object(object.name()));
                Baseline baseline = baseline(chain, object, journalled);
                Optional<InstanceLoad> load = decisions.decide(chain, "", object, missing, baseline, problems);
                if (load.isPresent() && baseline instanceof Baseline.Older) {
                    load.get().maps().forEach(m -> m.change(object.name()).ifPresent(maps::add));
                }
            }
        }
        return maps;
    }

    /**
     * Loads a program once more, over the maps of the load that is there; adds to {@code problems} why it could not. Without such a
     * load nothing is loaded: a new one would get maps of its own, and the entries of one version would not share theirs any more.
     */
    public Optional<PinnedInstance> another(ResolvedChain chain, String uid, DesiredEntry entry, List<Problem> problems)
            throws IOException {
        if (live.holding(entry).isEmpty()) {
            problems.add(LoadProblems.withoutMaps(entry));
            return Optional.empty();
        }
        return copy(chain, uid, entry, problems) ? Optional.of(loaded.getLast()) : Optional.empty();
    }

    private List<ResolvedProgram> missing(ResolvedChain chain, ResolvedObject object) {
        return chain.programsOf(object).stream()
                .filter(p -> live.loaded(chain.entry(p)).isEmpty())
                .toList();
    }

    /** Takes back everything that was loaded. */
    public void drop() throws IOException {
        instances.drop(loaded);
        loaded.clear();
    }

    /** Takes back what has begun and was not prepared; returns when nothing is being loaded any more. */
    public void abandon() throws IOException {
        for (Begun left : begun.values()) {
            instances.abandon(left);
        }
        begun.clear();
    }

    /** Loads what is missing of an object; whether nothing is missing any more. */
    private boolean load(Wish wish, ResolvedObject object, List<Problem> problems) throws IOException {
        Optional<Begun> already = Optional.ofNullable(begun.remove(key(wish.chain(), object)));
        if (already.isPresent()) {
            return loaded(already.get(), problems);
        }
        int before = problems.size();
        Optional<InstanceLoad> load = decide(wish, object, problems);
        return load.isPresent() ? loaded(load.get(), problems) : problems.size() == before;
    }

    private boolean loaded(InstanceLoad load, List<Problem> problems) throws IOException {
        return loaded(instances.begin(load, Runnable::run), problems);
    }

    private boolean loaded(Begun load, List<Problem> problems) throws IOException {
        Optional<PinnedInstance> instance = instances.finish(load, problems);
        instance.ifPresent(loaded::add);
        return instance.isPresent();
    }

    private boolean copy(ResolvedChain chain, String uid, DesiredEntry entry, List<Problem> problems)
            throws IOException {
        ResolvedProgram program = chain.programs().stream()
                .filter(p -> chain.entry(p).equals(entry))
                .findFirst()
                .orElseThrow();
        ResolvedObject object = chain.objects().stream()
                .filter(o -> o.name().equals(program.object()))
                .findFirst()
                .orElseThrow();
        Optional<InstanceLoad> load = decisions.decide(
                chain, uid, object, List.of(program), baseline(chain, object, Optional.empty()), problems);
        return load.isPresent() && loaded(load.get(), problems);
    }

    private Baseline baseline(ResolvedChain chain, ResolvedObject object, Optional<JournalObject> journalled) {
        Map<String, PinnedMap> same = new LinkedHashMap<>(liveMaps(chain, object));
        Set<String> lost = new HashSet<>();
        if (journalled.filter(o -> o.version().equals(object.version())).isPresent()) {
            journalledMaps(journalled.get()).forEach(same::putIfAbsent);
            journalled.get().maps().forEach(m -> lost.add(m.name()));
            lost.removeAll(same.keySet());
        }
        if (!same.isEmpty()) {
            return new Baseline.Same(same, lost);
        }
        return journalled
                .<Baseline>map(o -> new Baseline.Older(o, journalledMaps(o)))
                .orElseGet(Baseline.Nothing::new);
    }

    /** The maps of the instances that hold programs of the object in its version. */
    private Map<String, PinnedMap> liveMaps(ResolvedChain chain, ResolvedObject object) {
        Map<String, PinnedMap> maps = new LinkedHashMap<>();
        for (ResolvedProgram program : chain.programsOf(object)) {
            live.holding(chain.entry(program)).ifPresent(i -> i.maps().forEach(m -> maps.putIfAbsent(m.mapName(), m)));
        }
        return maps;
    }

    private Map<String, PinnedMap> journalledMaps(JournalObject object) {
        Map<String, PinnedMap> maps = new LinkedHashMap<>();
        for (JournalMap map : object.maps()) {
            live.map(map.instance(), map.name()).ifPresent(m -> maps.put(map.name(), m));
        }
        return maps;
    }

    private JournalObject journalObject(ResolvedChain chain, ResolvedObject object) {
        return new JournalObject(
                object.name(),
                object.digest(),
                object.version(),
                liveMaps(chain, object).values().stream()
                        .map(m -> journalMap(object, m))
                        .toList());
    }

    private static JournalMap journalMap(ResolvedObject object, PinnedMap map) {
        Optional<MapSpec> spec = object.spec().maps().stream()
                .filter(m -> m.name().equals(map.mapName()))
                .findFirst();
        Optional<DeclaredMap> declared = object.declared(map.mapName());
        return new JournalMap(
                map.mapName(),
                map.pin().getName(map.pin().getNameCount() - 2).toString(),
                spec.map(MapSpec::sharedAs).orElse(null),
                declared.map(d -> d.entries().entriesDigest()).orElse(null),
                declared.map(d -> d.entries().entries().size()).orElse(-1),
                declared.filter(d -> d.addedFlags() != 0).isPresent(),
                spec.filter(MapSpec::pin).isPresent());
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

    private static Set<DesiredEntry> neededTwice(HookPlans plans, String chain) {
        Set<DesiredEntry> needed = new LinkedHashSet<>();
        plans.planned().stream()
                .flatMap(hook -> hook.plan().steps().stream())
                .flatMap(step -> copied(step.step()))
                .filter(e -> e.key().chain().equals(chain))
                .forEach(needed::add);
        return needed;
    }

    private static Stream<DesiredEntry> copied(Step step) {
        return switch (step) {
            case Step.Attach attach when attach.load() == Load.COPY -> Stream.of(attach.entry());
            case Step.Replace replace when replace.load() == Load.COPY -> Stream.of(replace.by());
            case Step.Attach _, Step.Replace _, Step.Detach _ -> Stream.empty();
        };
    }
}
