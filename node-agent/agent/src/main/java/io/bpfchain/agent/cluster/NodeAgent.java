package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.agent.cgroup.CgroupWatch;
import io.bpfchain.agent.cluster.ClusterApi.Fetched;
import io.bpfchain.agent.cluster.ClusterApi.Identity;
import io.bpfchain.agent.cluster.ClusterApi.NodeObject;
import io.bpfchain.agent.cluster.ClusterApi.Written;
import io.bpfchain.agent.run.Extender;
import io.bpfchain.agent.state.StateException;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The agent of one node: takes what the cluster tells, lets {@link Instructions} decide, lets {@link Keeper} act, and reports. It ends when
 * {@link #stop} is called, and everything stays attached. One thread does all the work; the API server's news come through an inbox.
 */
public final class NodeAgent {
    private final AgentSettings settings;
    private final ClusterApi api;
    private final Host host;
    private final NodeCgroups cgroups;
    private final CgroupWatch watch;
    private final WatchService service;
    private final Keeper keeper;
    private final MemoryFile file;
    private final NodeReport.Agent self;
    private final AgentMetrics metrics;
    private final Clock clock;
    private final Logger log;
    private final Pods pods;
    private final Inbox inbox;

    private Optional<Identity> identity = Optional.empty();
    private Optional<NodeObject> object = Optional.empty();
    private boolean listed;
    private boolean podsWatched;
    private boolean namespacesWatched;
    private Instant refreshDue = Instant.MIN;
    private Instant rescanDue = Instant.MIN;
    private Instant reportDue = Instant.MIN;
    private Instant identityDue = Instant.MIN;
    private @Nullable CgroupProgramNodeStatus reported;
    private String away = "";
    private String ignored = "";
    private Optional<String> unwatched = Optional.empty();
    private Set<String> strays = Set.of();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopped;
    private volatile boolean ready;
    private volatile Instant alive;

    /**
     * What the agent works with.
     *
     * @param service where the watches of {@code watch} tell; the agent closes neither
     */
    public record Machine(Host host, Upkeep upkeep, NodeCgroups cgroups, CgroupWatch watch, WatchService service) {}

    /** Wires an agent; nothing is touched before {@link #run}. */
    public NodeAgent(
            AgentSettings settings,
            ClusterApi api,
            Machine machine,
            Mailbox mailbox,
            NodeReport.Agent self,
            AgentMetrics metrics,
            Clock clock,
            Logger log) {
        this.settings = settings;
        this.api = api;
        this.host = machine.host();
        this.cgroups = machine.cgroups();
        this.watch = machine.watch();
        this.service = machine.service();
        this.file = new MemoryFile(settings.directory().resolve("memory.json"));
        this.keeper = new Keeper(
                self.abilities(),
                machine.host(),
                machine.upkeep(),
                new Extender(machine.upkeep(), machine.cgroups(), log),
                machine.cgroups(),
                machine.watch(),
                new Contents(api, settings.namespace(), settings.directory()),
                file,
                metrics,
                log);
        this.pods = mailbox.pods();
        this.inbox = mailbox.inbox();
        this.self = self;
        this.metrics = metrics;
        this.clock = clock;
        this.log = log;
        this.alive = clock.instant();
    }

    /** What is known of pods, and where news of them go; made before the machine, which selects cgroups by them. */
    public record Mailbox(Inbox inbox, Pods pods) {
        /** An empty one. */
        public static Mailbox create() {
            Inbox inbox = new Inbox();
            return new Mailbox(inbox, new Pods(() -> inbox.put(new Inbox.News.PodsChanged())));
        }
    }

    /** Works until {@link #stop}. */
    public void run() throws InterruptedException {
        log.atInfo().addKeyValue("node", settings.node()).log("keeps what the cluster assigns to this node");
        remember();
        inbox.forward(service);
        api.watchNode(new ClusterApi.NodeWatch() {
            @Override
            public void seen(NodeObject seen) {
                inbox.put(new Inbox.News.ObjectSeen(seen));
            }

            @Override
            public void listed() {
                inbox.put(new Inbox.News.Listed());
            }

            @Override
            public void gone() {
                inbox.put(new Inbox.News.ObjectGone());
            }

            @Override
            public void unavailable(String why) {
                inbox.put(new Inbox.News.ApiAway(why));
            }
        });
        while (!stopped) {
            alive = clock.instant();
            try {
                cycle();
            } catch (RuntimeException e) {
                if (!stopped) {
                    log.atError().setCause(e).log("unexpected; what is attached stays attached, and the agent goes on");
                    refreshDue = clock.instant().plus(settings.refresh());
                    // the inbox keeps what comes, in the order in which it comes
                    if (ended.await(1, TimeUnit.SECONDS)) {
                        break;
                    }
                }
            }
        }
        log.atInfo().log("stops; everything stays attached");
    }

    /** Ends {@link #run} after what it does at the moment. May be called from any thread. */
    public void stop() {
        stopped = true;
        ended.countDown();
        inbox.put(new Inbox.News.Stop());
    }

    /** Whether the agent's thread goes round. */
    public boolean isHealthy() {
        return Duration.between(alive, clock.instant()).compareTo(Duration.ofMinutes(5)) < 0;
    }

    /** Whether the agent has acted on an assignment, remembered or new, or knows that there is none. */
    public boolean isReady() {
        return ready;
    }

    private void remember() {
        switch (file.read(settings.machineId())) {
            case MemoryFile.Memory.None _ ->
                log.atInfo().log("nothing is remembered of what this node is to run; waits for the API server");
            case MemoryFile.Memory.Refused(String why) ->
                log.atError()
                        .addKeyValue("why", why)
                        .log(
                                "what is remembered is not believed; what is attached stays attached, and the agent waits for the API"
                                        + " server");
            case MemoryFile.Memory.Known(NodeMemory memory) -> keeper.restore(memory, clock.instant());
        }
    }

    private void cycle() throws InterruptedException {
        Instant now = clock.instant();
        follow(now);
        boolean changed = keeper.work(now);
        tellUnwatched();
        watchPods();
        if (!rescanDue.isAfter(now)) {
            rescanDue = now.plus(settings.refresh().multipliedBy(2));
            keeper.reach(watch.rescan());
            tellUnwatched();
            if (listed) {
                api.recheck();
            }
        }
        if (!refreshDue.isAfter(now)) {
            refreshDue = now.plus(settings.refresh());
            reportDue = Instant.MAX;
            report(refreshed());
        } else if (changed || !reportDue.isAfter(now)) {
            reportDue = Instant.MAX;
            report(host.chains());
        }
        ready |= keeper.memory().isPresent() || (listed && object.isEmpty());
        take(inbox.await(Duration.between(clock.instant(), next())));
    }

    private void tellUnwatched() {
        Optional<String> now = watch.trouble();
        if (!now.equals(unwatched)) {
            unwatched = now;
            now.ifPresentOrElse(
                    why -> log.atError().addKeyValue("why", why).log("not every cgroup can be watched for new ones"),
                    () -> log.atInfo().log("every cgroup is watched for new ones again"));
        }
    }

    /** What the kernel runs, with what others changed of it repaired. */
    private List<ChainStatus> refreshed() {
        if (podsWatched) {
            cgroups.uids().ifPresent(pods::forgetGone);
        }
        List<ChainStatus> statuses = host.chains();
        return keeper.refresh(statuses) ? host.chains() : statuses;
    }

    private Instant next() {
        Instant next = refreshDue;
        for (Instant due : List.of(rescanDue, keeper.next(), reportDue, object.isEmpty() ? refreshDue : identityDue)) {
            next = due.isBefore(next) ? due : next;
        }
        return next;
    }

    private void take(List<Inbox.News> all) {
        boolean podsChanged = false;
        List<WatchKey> keys = new ArrayList<>();
        // nobody tells any of it again, so that all is taken before anything is done that may fail
        for (Inbox.News news : all) {
            switch (news) {
                case Inbox.News.ObjectSeen(NodeObject seen) -> {
                    object = Optional.of(seen);
                    identityDue = Instant.MIN;
                    away("");
                }
                case Inbox.News.Listed _ -> {
                    listed = true;
                    reported = null; // the API server may have forgotten it
                    reportDue = Instant.MIN;
                }
                case Inbox.News.ObjectGone _ -> {
                    object = Optional.empty(); // nobody to tell
                    log.atWarn()
                            .log(
                                    "the CgroupProgramNode of this node is gone; that is no instruction, and everything stays");
                }
                case Inbox.News.ApiAway(String why) -> away(why);
                case Inbox.News.PodsChanged _ -> podsChanged = true;
                case Inbox.News.CgroupsChanged(WatchKey key) -> keys.add(key);
                case Inbox.News.Stop _ -> {}
            }
        }
        Instant rescan = rescanDue;
        rescanDue = podsChanged || !keys.isEmpty() ? Instant.MIN : rescan; // in case that what follows fails
        Set<String> reached = new HashSet<>();
        for (WatchKey key : keys) {
            reached.addAll(watch.changed(key));
        }
        if (podsChanged) {
            keeper.reselect(clock.instant());
        }
        if (!reached.isEmpty()) {
            keeper.reach(reached);
        }
        rescanDue = rescan;
        if (podsChanged || !reached.isEmpty()) {
            reportDue = clock.instant().plus(settings.gather());
        }
    }

    private void away(String why) {
        if (!why.equals(away)) {
            if (why.isEmpty()) {
                log.atInfo().log("the API server answers again");
            } else {
                log.atWarn().addKeyValue("why", why).log("the API server does not answer; everything is kept as it is");
            }
            away = why;
        }
    }

    /** Acts on the newest object, once it is known who this agent is. */
    private void follow(Instant now) {
        if (object.isEmpty() || identityDue.isAfter(now)) {
            return;
        }
        switch (identity(object.get())) {
            case Fetched.Found<Identity>(Identity found) -> {
                identity = Optional.of(found);
                identityDue = Instant.MAX;
                try {
                    decide(object.get(), found, now);
                } catch (StateException e) {
                    identityDue = now.plus(settings.again());
                    ignore("they could not be written down: " + e.getMessage());
                }
            }
            case Fetched.Missing<Identity> _ -> waitForIdentity("there is no Node " + settings.node(), now);
            case Fetched.Unavailable<Identity>(String why) -> waitForIdentity(why, now);
        }
    }

    /** As it is known; where the object is for another Node than that, as the Node says: it may have been made anew since. */
    private Fetched<Identity> identity(NodeObject seen) {
        Fetched<Identity> known =
                identity.<Fetched<Identity>>map(Fetched.Found::new).orElseGet(api::identity);
        return known instanceof Fetched.Found<Identity>(Identity found)
                        && !found.nodeUid().equals(seen.spec().nodeUID())
                ? api.identityOfNode()
                : known;
    }

    private void waitForIdentity(String why, Instant now) {
        identityDue = now.plus(settings.again());
        ignore("it is not known which Node of which cluster this is: " + why);
    }

    private void decide(NodeObject seen, Identity found, Instant now) {
        switch (Instructions.decide(keeper.memory(), seen, found, settings.machineId())) {
            case Instructions.Decision.Ignore(String why) -> ignore(why);
            case Instructions.Decision.Follow(NodeMemory next) -> {
                ignored = "";
                if (!Optional.of(next).equals(keeper.memory())) {
                    keeper.assign(next, now);
                    tellUnlisted(next);
                    log.atInfo()
                            .addKeyValue("chains", next.spec().assignments().size())
                            .log("follows new assignments");
                }
                reportDue = now;
            }
        }
    }

    private void tellUnlisted(NodeMemory next) {
        if (!next.unlisted().isEmpty()) {
            log.atWarn()
                    .addKeyValue("chains", String.join(", ", next.unlisted()))
                    .log(
                            "the CgroupProgramNode of this node was made anew or set back, and says nothing of chains that were assigned"
                                    + " before; they are kept. To have them taken out, make the chains again and delete them");
        }
    }

    private void ignore(String why) {
        if (!why.equals(ignored)) {
            log.atWarn().addKeyValue("why", why).log("the assignments are not followed; everything is kept as it is");
            ignored = why;
        }
    }

    /** Watches pods and namespaces from the first chain on that selects by them. */
    private void watchPods() {
        if (!podsWatched && keeper.selectsPods()) {
            podsWatched = true;
            api.watchPods(pods);
        }
        if (!namespacesWatched && keeper.selectsNamespaces()) {
            namespacesWatched = true;
            api.watchNamespaces(pods);
        }
    }

    private void report(List<ChainStatus> statuses) {
        if (keeper.memory().isEmpty()) {
            return;
        }
        NodeMemory memory = keeper.memory().get();
        tellStrays(memory, statuses);
        metrics.observed(
                keeper.chains(), statuses, strays.size() + memory.unlisted().size());
        boolean pending = keeper.chains().values().stream().anyMatch(k -> k.verdict() instanceof Verdict.Pending);
        if (object.isEmpty() || !object.get().uid().equals(memory.objectUid()) || pending) {
            return; // nobody to tell yet
        }
        Draining draining = Draining.of(memory, keeper.stuck(), statuses, host::unclaimed);
        CgroupProgramNodeStatus status =
                NodeReport.of(self, memory, keeper.chains(), keeper.stuck(), statuses, draining, clock.instant());
        if (!NodeReport.isNews(status, reported)) {
            return;
        }
        switch (api.report(memory.objectUid(), status)) {
            case Written.Done _ -> reported = status;
            case Written.Failed(String why) -> {
                metrics.reportFailed();
                log.atWarn().addKeyValue("why", why).log("could not report; tries again");
                reportDue = clock.instant().plus(settings.again());
            }
        }
    }

    /** Chains that this cluster once had assigned and of which nothing is known any more, because the memory was lost. */
    private void tellStrays(NodeMemory memory, List<ChainStatus> statuses) {
        Set<String> found = new TreeSet<>();
        statuses.stream()
                .filter(s -> s.manager().startsWith(NodeMemory.manager("")))
                .map(ChainStatus::name)
                .filter(c ->
                        !memory.assigned().containsKey(c) && !memory.released().contains(c))
                .forEach(found::add);
        if (!found.equals(strays)) {
            strays = Set.copyOf(found);
            if (!found.isEmpty()) {
                log.atWarn()
                        .addKeyValue("chains", String.join(", ", found))
                        .log(
                                "chains are attached that an earlier agent was assigned and that nothing is remembered of; they stay until"
                                        + " somebody takes them out (bpfchain delete chain NAME --force, on the node)");
            }
        }
    }
}
