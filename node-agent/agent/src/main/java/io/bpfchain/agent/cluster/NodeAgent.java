package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.agent.cgroup.CgroupWatch;
import io.bpfchain.agent.cluster.ClusterApi.NodeObject;
import io.bpfchain.agent.run.Extender;
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
import org.slf4j.Logger;

/**
 * The agent of one node: takes what the cluster tells, lets {@link Follower} decide, {@link Keeper} act and {@link Reporter} report. It ends when
 * {@link #stop} is called, and everything stays attached. One thread does all the work; the API server's news come through an inbox.
 */
public final class NodeAgent {
    /** For so many looks at every hook it is nothing to tell that a watch of the API server is away. */
    private static final int LOOKS_UNHEARD = 4;

    private final AgentSettings settings;
    private final ClusterApi api;
    private final Host host;
    private final NodeCgroups cgroups;
    private final CgroupWatch watch;
    private final WatchService service;
    private final Keeper keeper;
    private final Follower follower;
    private final Reporter reporter;
    private final Hearing hearing;
    private final MemoryFile file;
    private final Clock clock;
    private final Logger log;
    private final Pods pods;
    private final Inbox inbox;

    private boolean listed;
    private boolean podsWatched;
    private boolean namespacesWatched;
    private Instant refreshDue = Instant.MIN;
    private Instant rescanDue = Instant.MIN;
    private Instant reportDue = Instant.MIN;
    private String away = "";
    private Optional<String> unwatched = Optional.empty();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopped;
    private volatile boolean ready;
    private volatile Set<String> unheard = Set.of();
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
        this.follower = new Follower(settings, api, keeper, log);
        this.reporter = new Reporter(api, host, keeper, self, metrics, clock, log);
        this.hearing = new Hearing(settings.refresh().multipliedBy(LOOKS_UNHEARD), metrics, log);
        this.pods = mailbox.pods();
        this.inbox = mailbox.inbox();
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

    /**
     * Whether the agent has acted on an assignment, remembered or new, or knows that there is none, and hears of changes; a watch may be away
     * for a while.
     */
    public boolean isReady() {
        return notReady().isEmpty();
    }

    /** Why it is not, in words; empty where it is. */
    public Optional<String> notReady() {
        if (!ready) {
            return Optional.of("not yet");
        }
        Set<String> missed = unheard;
        return missed.isEmpty()
                ? Optional.empty()
                : Optional.of("the API server tells nothing of " + String.join(", ", new TreeSet<>(missed)));
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
        if (follower.follow(now)) {
            reportDue = now;
        }
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
            unheard = hearing.look(api.unheard(), now);
            reportDue = Instant.MAX;
            report(refreshed());
        } else if (changed || !reportDue.isAfter(now)) {
            reportDue = Instant.MAX;
            report(host.chains());
        }
        ready |= keeper.memory().isPresent() || (listed && follower.object().isEmpty());
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
        for (Instant due : List.of(rescanDue, keeper.next(), reportDue, follower.due())) {
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
                    follower.seen(seen);
                    away("");
                }
                case Inbox.News.Listed _ -> {
                    listed = true;
                    reporter.forget();
                    reportDue = Instant.MIN;
                }
                case Inbox.News.ObjectGone _ -> follower.gone();
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
        if (!reporter.report(statuses, follower.object())) {
            reportDue = clock.instant().plus(settings.again());
        }
    }
}
