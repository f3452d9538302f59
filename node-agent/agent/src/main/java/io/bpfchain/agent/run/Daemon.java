package io.bpfchain.agent.run;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.agent.cgroup.CgroupWatch;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.crds.file.ChainDocument;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;

/**
 * Looks, lets {@link Decisions} decide, and acts: the one class of the daemon that does I/O. It ends when {@link #stop} is called and
 * leaves everything attached. Files and cgroups are watched through one service, so one thread is enough.
 */
public final class Daemon {
    private static final String CGROUPS = "cgroups";

    private static final String UNEXPECTED =
            ". What is attached stays, and it is tried again. This is a bug in bpfchain, or the machine is in trouble: bpfchain doctor.";

    private final Decisions decisions;
    private final Clock clock;
    private final Host host;
    private final Folder folder;
    private final FolderWatch folderWatch;
    private final SourceFiles sourceFiles;
    private final CgroupWatch cgroupWatch;
    private final WatchService service;
    private final Applier applier;
    private final Extender extender;
    private final Upkeep upkeep;
    private final Complaints complaints;
    private final Logger log;

    private Memory memory = Memory.EMPTY;
    private Instant rescanned = Instant.MIN;
    private volatile boolean stopped;

    /** Wires a daemon; nothing is touched before {@link #run}. */
    public Daemon(
            RunSettings settings,
            Host host,
            Upkeep upkeep,
            Cgroups cgroups,
            WatchService service,
            CgroupWatch cgroupWatch,
            Clock clock,
            Logger log) {
        this.decisions = new Decisions(settings.manager(), settings.timing());
        this.clock = clock;
        this.host = host;
        this.upkeep = upkeep;
        this.folder = new Folder(settings.directory(), settings.timing().settle());
        this.sourceFiles = new SourceFiles(settings.timing().settle());
        this.folderWatch = new FolderWatch(settings.directory(), service);
        this.cgroupWatch = cgroupWatch;
        this.service = service;
        this.complaints = new Complaints(settings, log);
        this.applier = new Applier(host, settings.manager(), complaints, log);
        this.extender = new Extender(upkeep, cgroups, log);
        this.log = log;
    }

    /** Works until {@link #stop}. */
    public void run() throws InterruptedException {
        log.atInfo()
                .addKeyValue("directory", folderWatch.directory())
                .log("keeps the chain files of a directory applied");
        while (!stopped) {
            Instant next;
            try {
                next = cycle(clock.instant());
            } catch (RuntimeException e) {
                if (!stopped) {
                    complaints.machine(
                            "keep the files of " + folderWatch.directory() + " applied: unexpected: " + e + UNEXPECTED);
                    complaints.write(documents().size(), cgroupWatch.size(), clock.instant());
                }
                next = clock.instant().plus(decisions.timing().absent());
            }
            try {
                await(next);
            } catch (ClosedWatchServiceException e) {
                break;
            } catch (RuntimeException e) {
                if (!stopped) {
                    complaints.machine("watch files and cgroups: unexpected: " + e + UNEXPECTED);
                }
            }
        }
        log.atInfo().log("stops; everything stays attached");
    }

    /** Ends {@link #run} after what it does at the moment. May be called from any thread. */
    public void stop() {
        stopped = true;
        try {
            service.close();
        } catch (IOException e) {
            log.atWarn().setCause(e).log("could not close the watch service");
        }
    }

    /** One look at the folder and what follows from it; returns when the next is due. */
    private Instant cycle(Instant now) {
        folderWatch.ensure(referenced(documents().values())); // before looking, so that no change falls between
        Seen seen = folder.look(now);
        List<ChainDocument> known = new ArrayList<>(documents().values());
        known.addAll(seen.documents());
        folderWatch.ensure(referenced(known));
        Sources sources = sourceFiles.look(known, now);
        List<ChainStatus> running = host.chains();
        Decision decision = decisions.decide(memory, seen, sources, managers(running), now);
        memory = decision.memory();
        complaints.decided(decision.errors());
        cgroupWatch.watch(patterns()); // before applying: what comes later is told, what came earlier is applied
        tellUnwatched();
        apply(due(decision, sources));
        memory = memory.afterTrying(decision.apply(), sources, decision.everything(), now);
        running.stream()
                .filter(c -> decision.restore().contains(c.name()) && !c.state().equals("Running"))
                .forEach(c -> applier.restore(c.name(), c.revision()));
        if (!decision.delete().isEmpty()) {
            applier.delete(decision.delete());
        }
        complaints.machineSettled();
        complaints.write(documents().size(), cgroupWatch.size(), now);
        return decision.next();
    }

    /** Where the chains of this folder run, and where its files say that they shall: a file may be refused. */
    private Set<String> patterns() {
        return Stream.concat(
                        running().values().stream(),
                        documents().values().stream().map(d -> d.spec().cgroup()))
                .map(CgroupSpec::path)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    /** The selections of the chains that this daemon keeps, by chain. */
    private Map<String, CgroupSpec> running() {
        return upkeep.selections().stream()
                .filter(s -> s.manager().equals(decisions.manager()))
                .collect(Collectors.toMap(Upkeep.Selection::chain, Upkeep.Selection::cgroup));
    }

    private void apply(List<ChainDocument> documents) {
        if (documents.isEmpty()) {
            return;
        }
        extender.applying(documents);
        List<String> untaken = documents.stream().map(ChainDocument::name).toList();
        try {
            untaken = applier.apply(documents);
        } finally {
            extender.notApplied(untaken);
        }
        Set<String> taken = documents.stream().map(ChainDocument::name).collect(Collectors.toSet());
        taken.removeAll(Set.copyOf(untaken));
        memory = memory.afterTaking(taken);
    }

    /**
     * At a refresh only what differs: one query for each hook, and a look into the maps with declared contents, are enough to know, and new
     * cgroups do not wait long behind it.
     */
    private List<ChainDocument> due(Decision decision, Sources sources) {
        if (!decision.everything() || memory.refreshed().isEmpty()) {
            return decision.apply();
        }
        Set<String> drifted = new HashSet<>(upkeep.drifted());
        drifted.addAll(upkeep.altered());
        return decision.apply().stream()
                .filter(d -> !memory.hasTried(d, sources) || drifted.contains(d.name()) || complaints.isAbout(d.name()))
                .toList();
    }

    /** Waits for the folder to change or for the time; meanwhile attaches to cgroups as they come. */
    private void await(Instant next) throws InterruptedException {
        while (!stopped) {
            Instant now = clock.instant();
            Instant rescan = rescanned.equals(Instant.MIN)
                    ? now
                    : rescanned.plus(decisions.timing().rescan());
            Instant until = rescan.isBefore(next) ? rescan : next;
            WatchKey key = service.poll(Math.max(0, Duration.between(now, until).toMillis()), TimeUnit.MILLISECONDS);
            if (key == null) {
                if (!rescan.isAfter(clock.instant())) {
                    rescanned = clock.instant();
                    Set<String> all = cgroupWatch.rescan();
                    tellUnwatched();
                    reach(all);
                }
                if (!next.isAfter(clock.instant())) {
                    return;
                }
            } else if (drain(key)) {
                return;
            }
        }
    }

    /** Takes this key and all that wait behind it; true when the folder changed. */
    private boolean drain(WatchKey first) {
        Set<String> changed = new HashSet<>();
        boolean folderChanged = false;
        for (WatchKey key = first; key != null; key = service.poll()) {
            if (cgroupWatch.owns(key)) {
                changed.addAll(cgroupWatch.changed(key));
            } else {
                folderChanged |= folderWatch.changed(key);
            }
        }
        tellUnwatched();
        reach(changed);
        return folderChanged;
    }

    private void tellUnwatched() {
        cgroupWatch.trouble().ifPresentOrElse(why -> complaints.chain(CGROUPS, why), () -> complaints.settled(CGROUPS));
    }

    /**
     * Brings chains to the cgroups that may have come under these paths and patterns: those that run, by what they select. One that does
     * not run, or shall run somewhere else, is tried again as a whole.
     */
    private void reach(Set<String> changed) {
        if (changed.isEmpty()) {
            return;
        }
        Map<String, CgroupSpec> running = running();
        Set<String> extended = new HashSet<>();
        running.forEach((chain, selection) -> {
            if (!changed.contains(selection.summary()) || extender.extend(chain, selection)) {
                extended.add(chain);
            }
        });
        apply(documents().values().stream()
                .filter(this::isTried)
                .filter(this::isNobodyElses)
                .filter(d -> d.spec().cgroup().equals(running.get(d.name()))
                        ? !extended.contains(d.name())
                        : changed.contains(d.spec().cgroup().summary()))
                .toList());
    }

    /** Not one that somebody else has taken over since the last decision, or taken out. */
    private boolean isNobodyElses(ChainDocument document) {
        return host.manager(document.name())
                .map(decisions.manager()::equals)
                .orElseGet(() -> !memory.kept().contains(document.name()));
    }

    private boolean isTried(ChainDocument document) {
        Memory.Tried last = memory.tried().get(document.name());
        return last != null && last.document().equals(document);
    }

    private static Set<Path> referenced(Collection<ChainDocument> documents) {
        Set<Path> files = new HashSet<>();
        documents.forEach(d -> files.addAll(Sources.of(d)));
        return files;
    }

    private Map<String, ChainDocument> documents() {
        Map<String, ChainDocument> documents = new TreeMap<>();
        memory.missing().values().forEach(m -> m.last().ifPresent(d -> documents.put(d.name(), d)));
        memory.good().values().forEach(all -> all.forEach(d -> documents.put(d.name(), d)));
        return documents;
    }

    private static Map<String, String> managers(List<ChainStatus> chains) {
        Map<String, String> managers = new HashMap<>();
        for (ChainStatus chain : chains) {
            managers.put(chain.name(), chain.manager());
        }
        return managers;
    }
}
