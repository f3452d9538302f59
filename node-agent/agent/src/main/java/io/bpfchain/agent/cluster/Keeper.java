package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.agent.cgroup.CgroupWatch;
import io.bpfchain.agent.cluster.Contents.Content;
import io.bpfchain.agent.run.Extender;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.crds.file.ChainDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Makes this machine run what is assigned, and keeps it so: it and its {@link Caretaker} are what changes the kernel. What an assignment asks
 * for and cannot be had leaves what ran before attached, and that is kept up meanwhile. For one thread.
 */
final class Keeper {
    /** For how long it is nothing to tell that pods are not known: the list of them usually takes less than a second. */
    private static final Duration SURELY_LISTED = Duration.ofSeconds(5);

    private static final Duration LISTED_SOON = Duration.ofMillis(500);

    private final Host host;
    private final NodeCgroups cgroups;
    private final Contents contents;
    private final MemoryFile file;
    private final CgroupWatch watch;
    private final Admission admission;
    private final Applying applying;
    private final Caretaker caretaker;
    private final AgentMetrics metrics;
    private final Logger log;

    private final Map<String, Kept> kept = new TreeMap<>();
    private final Map<String, ChainDocument> trying = new TreeMap<>();
    private final Map<String, Verdict.Unwell> stuck = new TreeMap<>();

    /** Since when chains wait for what the API server says of pods. */
    private final Map<String, Instant> podsUnknown = new HashMap<>();

    private Optional<NodeMemory> memory = Optional.empty();

    /** Digests of contents of which all others were removed. */
    private Set<String> retained = Set.of();

    /**
     * Keeps nothing yet.
     *
     * @param abilities words that an assignment may require
     */
    Keeper(
            Set<String> abilities,
            Host host,
            Upkeep upkeep,
            Extender extender,
            NodeCgroups cgroups,
            CgroupWatch watch,
            Contents contents,
            MemoryFile file,
            AgentMetrics metrics,
            Logger log) {
        this.host = host;
        this.cgroups = cgroups;
        this.watch = watch;
        this.contents = contents;
        this.file = file;
        this.admission = new Admission(abilities, host, contents);
        this.applying = new Applying(host, log);
        this.caretaker = new Caretaker(upkeep, extender, cgroups, applying, metrics, log);
        this.metrics = metrics;
        this.log = log;
    }

    Optional<NodeMemory> memory() {
        return memory;
    }

    /** By name. */
    Map<String, Kept> chains() {
        return Map.copyOf(kept);
    }

    /** Whether some chain selects pods. */
    boolean selectsPods() {
        return documents().anyMatch(d -> d.spec().cgroup().pods() != null);
    }

    /** Whether some chain selects pods by the labels of their namespaces. */
    boolean selectsNamespaces() {
        return documents().anyMatch(d -> {
            CgroupSpec.Pods pods = d.spec().cgroup().pods();
            return pods != null && pods.namespaceSelector() != null;
        });
    }

    private Stream<ChainDocument> documents() {
        return Stream.concat(
                trying.values().stream(),
                kept.values().stream().flatMap(k -> k.good().stream()).map(Kept.Good::document));
    }

    /** Goes on with what was remembered. */
    void restore(NodeMemory remembered, Instant now) {
        memory = Optional.of(remembered);
        follow(remembered, now);
    }

    /** Takes a decision over; it is on the disk before anything of it is acted on. */
    void assign(NodeMemory next, Instant now) {
        contents.expect(next.assigned().values()); // the API server and the disk need not wait for each other
        file.write(next);
        memory = Optional.of(next);
        follow(next, now);
    }

    private void follow(NodeMemory next, Instant now) {
        Set<String> leaving = next.leaving();
        stuck.keySet().retainAll(leaving);
        kept.keySet().removeIf(c -> leaving.contains(c) || !next.assigned().containsKey(c));
        trying.keySet().retainAll(kept.keySet());
        podsUnknown.keySet().retainAll(kept.keySet());
        for (Assignment assignment : next.assigned().values()) {
            String chain = assignment.chain();
            if (!leaving.contains(chain)) {
                Kept before = kept.get(chain);
                kept.put(
                        chain,
                        before != null
                                ? before.following(assignment, now)
                                : Kept.fresh(assignment, lastApplied(next, chain), now));
            }
        }
    }

    private Optional<Kept.Good> lastApplied(NodeMemory next, String chain) {
        return Optional.ofNullable(next.runs().get(chain))
                .flatMap(d -> contents.local(d).map(document -> new Kept.Good(d, document)));
    }

    /** Does what is due; returns whether anything was tried. */
    boolean work(Instant now) {
        if (memory.isEmpty()) {
            return false;
        }
        boolean took = takeOut();
        List<ChainDocument> ready = new ArrayList<>();
        boolean tried = false;
        for (Map.Entry<String, Kept> chain : kept.entrySet()) {
            if (chain.getValue().isDue(now)) {
                tried = true;
                switch (admission.content(chain.getValue(), memory.orElseThrow().manager())) {
                    case Content.Ready(ChainDocument document) -> ready.add(document);
                    case Content.Unusable(Verdict.Unwell why) -> chain.setValue(unwell(chain.getValue(), why, now));
                }
            }
        }
        ready.forEach(d -> trying.put(d.name(), d));
        watchPatterns(); // before applying: what comes later is told, what came earlier is applied
        if (!ready.isEmpty()) {
            apply(ready, now);
        }
        if (tried || took) {
            forget();
        }
        return tried || took;
    }

    private boolean takeOut() {
        boolean any = false;
        for (String chain : leaving()) {
            any = true;
            Optional<Verdict.Unwell> why =
                    applying.delete(chain, memory.orElseThrow().manager());
            if (why.isPresent()) {
                log.atError()
                        .addKeyValue("chain", chain)
                        .addKeyValue("reason", why.get().reason())
                        .addKeyValue("message", why.get().message())
                        .log("could not take a chain out; tries again");
                metrics.updated("Failed");
                stuck.put(chain, why.get());
            } else {
                stuck.remove(chain);
                remember(memory.orElseThrow().without(chain));
                caretaker.gone(chain);
            }
        }
        return any;
    }

    /** What is to be taken out; a node that is drained also loses what an earlier memory of this cluster knew. */
    private Set<String> leaving() {
        NodeMemory now = memory.orElseThrow();
        Set<String> leaving = new TreeSet<>(now.leaving());
        if (now.spec().drain()) {
            host.chains().stream().filter(now::isOurs).map(ChainStatus::name).forEach(leaving::add);
        }
        return leaving;
    }

    /** Why chains that are to be taken out are still there, by name. */
    Map<String, Verdict.Unwell> stuck() {
        return Map.copyOf(stuck);
    }

    private void remember(NodeMemory next) {
        if (!Optional.of(next).equals(memory)) {
            file.write(next);
            memory = Optional.of(next);
        }
    }

    private Kept unwell(Kept chain, Verdict.Unwell why, Instant now) {
        if (!why.reason().equals(NodeCgroups.PODS_UNKNOWN)) {
            podsUnknown.remove(chain.wanted().chain());
        } else if (now.isBefore(podsUnknown
                        .computeIfAbsent(chain.wanted().chain(), c -> now)
                        .plus(SURELY_LISTED))
                && chain.verdict() instanceof Verdict.Pending) {
            return chain.dueAt(now.plus(LISTED_SOON));
        }
        if (!why.equals(chain.verdict())) {
            log.atLevel(why instanceof Verdict.Refused ? Level.ERROR : Level.WARN)
                    .addKeyValue("chain", chain.wanted().chain())
                    .addKeyValue("revision", chain.wanted().revision())
                    .addKeyValue("reason", why.reason())
                    .addKeyValue("message", why.message())
                    .log("what is assigned cannot be run; what ran before runs on");
        }
        metrics.updated(why instanceof Verdict.Refused ? "Refused" : "Failed");
        return chain.unwell(why, now);
    }

    private void apply(List<ChainDocument> documents, Instant now) {
        caretaker.applying(documents);
        Map<String, Verdict> verdicts = metrics.timed(
                () -> applying.apply(documents, memory.orElseThrow().manager()));
        Map<String, String> applied = new HashMap<>();
        for (ChainDocument document : documents) {
            String chain = document.name();
            kept.computeIfPresent(chain, (name, k) -> switch (Objects.requireNonNull(verdicts.get(chain), chain)) {
                case Verdict.Unwell why -> {
                    caretaker.notApplied(chain);
                    yield unwell(k, why, now);
                }
                case Verdict.Pending _ ->
                    throw new IllegalStateException("chain " + chain + " was applied and has no verdict");
                case Verdict.Running _ -> {
                    applied.put(chain, k.wanted().digest());
                    podsUnknown.remove(chain);
                    caretaker.applied(document);
                    metrics.updated("Running");
                    yield k.running(document);
                }
            });
        }
        trying.keySet().removeAll(applied.keySet());
        remember(memory.orElseThrow().running(applied));
    }

    /** Contents that neither is wanted nor runs. */
    private void forget() {
        NodeMemory now = memory.orElseThrow();
        Set<String> needed = new HashSet<>(now.runs().values());
        now.assigned().values().forEach(a -> needed.add(a.digest()));
        if (!needed.equals(retained) && contents.retain(needed)) {
            retained = Set.copyOf(needed);
        }
    }

    private void watchPatterns() {
        Set<String> patterns = new HashSet<>();
        documents().forEach(d -> patterns.addAll(cgroups.patterns(d.spec().cgroup())));
        watch.watch(patterns);
    }

    /** Brings chains to the cgroups that may have come under these paths and patterns. */
    void reach(Set<String> changed) {
        if (memory.isPresent()) {
            caretaker.reach(good(), changed, memory.get().manager());
        }
    }

    /** What was applied last of each chain that was. */
    private List<ChainDocument> good() {
        return kept.values().stream()
                .flatMap(k -> k.good().stream())
                .map(Kept.Good::document)
                .toList();
    }

    /** Other pods, or other labels: a selection that lost a pod that is there is applied, one that gained is extended. */
    void reselect(Instant now) {
        kept.replaceAll((chain, k) -> podsUnknown.containsKey(chain) ? k.dueAt(now) : k);
        for (Kept chain : List.copyOf(kept.values())) {
            Optional<ChainDocument> document = chain.good()
                    .map(Kept.Good::document)
                    .filter(d -> d.spec().cgroup().pods() != null);
            if (document.isPresent() && !(chain.verdict() instanceof Verdict.Pending)) {
                caretaker.reselect(document.get(), memory.orElseThrow().manager());
            }
        }
    }

    /** Repairs what others changed, and takes back what they took over; returns whether there was anything. */
    boolean refresh(List<ChainStatus> statuses) {
        return memory.isPresent()
                && caretaker.refresh(
                        good(),
                        statuses.stream().filter(memory.get()::isOurs).toList(),
                        memory.get().manager());
    }

    /** When something is due next; {@link Instant#MAX} where nothing is. */
    Instant next() {
        return kept.values().stream()
                .filter(k -> !(k.verdict() instanceof Verdict.Running))
                .map(Kept::due)
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
    }
}
