package io.bpfchain.agent.engine;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.ChainStatus.HookStatus;
import io.bpfchain.agent.ChainStatus.MapStatus;
import io.bpfchain.agent.ChainStatus.ObjectStatus;
import io.bpfchain.agent.ChainStatus.ProgramStatus;
import io.bpfchain.agent.ListedEntry;
import io.bpfchain.agent.commit.DriftCheck;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalEntry;
import io.bpfchain.agent.state.Journal.JournalHook;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.agent.state.Journal.JournalObject;
import io.bpfchain.agent.state.StoredRevision;
import io.bpfchain.agent.view.HookChanges;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.SourceSpec;
import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.MapHandle;
import io.bpfchain.kernel.MapInfo;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import io.bpfchain.kernel.map.MapType;
import io.bpfchain.planner.Hook;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the chains of this machine are and run now. */
final class ChainStatuses {
    private final Session session;
    private final HookChanges hooks;
    private final DriftCheck drift;

    /** What hooks run: chains often share them. */
    private final Map<Hook, List<ListedEntry>> runs = new HashMap<>();

    ChainStatuses(Session session) {
        this.session = session;
        this.hooks = new HookChanges(session.kernel());
        this.drift = new DriftCheck(session.kernel());
    }

    /** By priority and name. */
    List<ChainStatus> all() {
        return session.state().journals().all().values().stream()
                .sorted(Comparator.comparingInt(Journal::priority).thenComparing(Journal::chain))
                .map(this::status)
                .toList();
    }

    Optional<ChainStatus> of(String chain) {
        return session.state().journals().read(chain).map(this::status);
    }

    private ChainStatus status(Journal journal) {
        StoredRevision revision = session.state().chains().require(journal.chain(), journal.revision());
        boolean thisBoot = journal.bootId().equals(session.state().bootId());
        List<HookStatus> at = thisBoot ? hooks(journal) : List.of();
        return new ChainStatus(
                journal.chain(),
                journal.attachType().bpftoolName(),
                revision.spec().cgroup().summary(),
                journal.priority(),
                journal.revision(),
                revision.createdAt(),
                revision.at(),
                revision.manager(),
                state(journal, at),
                journal.objects().stream()
                        .map(o -> object(journal, o, revision))
                        .toList(),
                journal.entries().stream()
                        .map(e -> new ProgramStatus(e.program(), e.object(), e.function(), e.version()))
                        .toList(),
                at,
                thisBoot ? maps(journal) : List.of());
    }

    private String state(Journal journal, List<HookStatus> at) {
        if (at.isEmpty()) {
            return "NotAttached";
        }
        if (session.running(List.of(journal)).isEmpty()) {
            return "Lost";
        }
        if (at.stream().anyMatch(HookStatus::differs)
                || !session.state().chains().settled(journal)) {
            return "Drifted";
        }
        return at.stream().allMatch(HookStatus::current) ? "Running" : "Unknown";
    }

    private List<HookStatus> hooks(Journal journal) {
        List<HookStatus> statuses = new ArrayList<>();
        for (JournalHook hook : journal.hooks()) {
            DriftCheck.Result now = drift.of(hook.hook(), List.of(journal));
            if (now instanceof DriftCheck.Result.Gone) {
                continue;
            }
            statuses.add(new HookStatus(
                    hook.path(),
                    hook.cgroupId(),
                    now instanceof DriftCheck.Result.Same,
                    runs.computeIfAbsent(hook.hook(), h -> hooks.now(h).runs())));
        }
        return statuses;
    }

    private static ObjectStatus object(Journal journal, JournalObject object, StoredRevision revision) {
        return new ObjectStatus(
                object.name(),
                revision.spec().objects().stream()
                        .filter(o -> o.name().equals(object.name()))
                        .map(ObjectSpec::source)
                        .map(ChainStatuses::source)
                        .findFirst()
                        .orElse(""),
                object.digest(),
                journal.entries().stream()
                        .filter(e -> e.object().equals(object.name()))
                        .map(JournalEntry::instance)
                        .findFirst()
                        .orElse(""));
    }

    private static String source(SourceSpec source) {
        SourceSpec.FileSource file = source.file();
        SourceSpec.UrlSource url = source.url();
        return file != null ? file.path() : url != null ? url.url() : "";
    }

    private List<MapStatus> maps(Journal journal) {
        List<MapStatus> maps = new ArrayList<>();
        for (JournalObject object : journal.objects()) {
            for (JournalMap map : object.maps()) {
                session.live()
                        .map(map.instance(), map.name())
                        .flatMap(p -> map(journal, object, map, p))
                        .ifPresent(maps::add);
            }
        }
        return maps;
    }

    private Optional<MapStatus> map(Journal journal, JournalObject object, JournalMap map, PinnedMap pinned) {
        List<String> pins = new ArrayList<>();
        if (map.stablePin()) {
            pins.add(session.configuration()
                    .bpffs()
                    .stablePin(journal.chain(), map.name())
                    .toString());
        }
        pins.add(pinned.pin().toString());
        try (MapHandle handle = MapHandle.open(pinned.pin())) {
            MapInfo info = handle.info();
            return Optional.of(new MapStatus(
                    object.name(),
                    map.name(),
                    info.id(),
                    MapType.of(info.type())
                            .map(t -> t.name().toLowerCase(Locale.ROOT))
                            .orElse("type " + info.type()),
                    info.keySize(),
                    info.valueSize(),
                    info.maxEntries(),
                    map.entries(),
                    pins));
        } catch (BpfException e) {
            return Optional.empty();
        }
    }
}
