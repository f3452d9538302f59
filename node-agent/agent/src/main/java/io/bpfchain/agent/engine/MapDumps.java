package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.MapDump;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.agent.state.Journal.JournalObject;
import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.FileAnswer;
import io.bpfchain.kernel.MapHandle;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import io.bpfchain.kernel.Privileges;
import io.bpfchain.kernel.btf.Btf;
import io.bpfchain.kernel.btf.BtfOutcome;
import io.bpfchain.kernel.map.EntryDecoder;
import io.bpfchain.kernel.map.MapType;
import io.bpfchain.kernel.object.InspectOutcome;
import io.bpfchain.kernel.object.MapDefinition;
import io.bpfchain.kernel.object.ObjectInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads live maps, typed by the BTF of the object that made them. */
final class MapDumps {
    private final Session session;

    MapDumps(Session session) {
        this.session = session;
    }

    MapDump of(String chain, String map) {
        Optional<Journal> journal = session.state().journals().read(chain);
        if (journal.isEmpty()) {
            return unavailable(
                    chain,
                    map,
                    "NoSuchChain",
                    "this machine was not told to run it",
                    "\"bpfchain get chains\" lists the chains that it runs.");
        }
        for (JournalObject object : journal.get().objects()) {
            for (JournalMap candidate : object.maps()) {
                if (candidate.name().equals(map)) {
                    return session.live()
                            .map(candidate.instance(), map)
                            .map(p -> dump(chain, object, candidate, p))
                            .orElseGet(() -> notThere(chain, candidate));
                }
            }
        }
        return unavailable(
                chain,
                map,
                "NoSuchMap",
                "its live maps are "
                        + journal.get().objects().stream()
                                .flatMap(o -> o.maps().stream())
                                .map(JournalMap::name)
                                .collect(Collectors.joining(", ")),
                "Name one of them.");
    }

    private MapDump dump(String chain, JournalObject object, JournalMap map, PinnedMap pinned) {
        if (!(session.inspections().inspect(object.digest()) instanceof InspectOutcome.Inspected inspected)) {
            return unavailable(
                    chain,
                    pinned.mapName(),
                    "ObjectUnreadable",
                    "object " + object.digest() + " cannot be opened any more",
                    "Apply the chain again.");
        }
        ObjectInfo info = inspected.object();
        MapDefinition definition = info.maps().stream()
                .filter(m -> m.name().equals(pinned.mapName()))
                .findFirst()
                .orElseThrow();
        Btf btf = Btf.parse(info.btf()) instanceof BtfOutcome.Parsed parsed ? parsed.btf() : Btf.none();
        EntryDecoder decoder = new EntryDecoder(definition, btf);
        List<MapDump.Item> items = new ArrayList<>();
        boolean exact = map.readOnly(); // then its values are those that the chain declares, on every CPU
        try (MapHandle handle = MapHandle.open(pinned.pin())) {
            handle.forEach((key, value) -> items.add(
                    new MapDump.Item(decoder.key(key), exact ? decoder.declared(value) : decoder.value(value))));
            String type = MapType.of(handle.info().type())
                    .map(t -> t.name().toLowerCase(Locale.ROOT))
                    .orElse("type " + handle.info().type());
            return new MapDump.Contents(chain, pinned.mapName(), type, items);
        } catch (BpfException e) {
            boolean denied = FileAnswer.of(e).denied();
            return unavailable(
                    denied,
                    chain,
                    pinned.mapName(),
                    "MapUnreadable",
                    e.getMessage(),
                    denied
                            ? Privileges.read().remedy(Privileges.Capability.BPF)
                            : "Look at the map: bpftool map dump pinned " + pinned.pin());
        }
    }

    /** A pin that cannot be opened is there all the same. */
    private MapDump notThere(String chain, JournalMap map) {
        Path directory = session.configuration().bpffs().instanceDirectory(map.instance());
        return session.broken().stream()
                .filter(b -> b.path().equals(directory.resolve(Bpffs.mapPin(map.name()))))
                .findFirst()
                .map(b -> unavailable(
                        b.denied(),
                        chain,
                        map.name(),
                        "MapUnreadable",
                        b.reason(),
                        Privileges.read().remedy(Privileges.Capability.DAC_READ_SEARCH, Privileges.Capability.BPF)))
                .orElseGet(
                        () -> unavailable(chain, map.name(), "NotLoaded", "its pin is gone", "Apply the chain again."));
    }

    private static MapDump unavailable(String chain, String map, String reason, String why, String remedy) {
        return unavailable(false, chain, map, reason, why, remedy);
    }

    private static MapDump unavailable(
            boolean denied, String chain, String map, String reason, String why, String remedy) {
        return new MapDump.Unavailable(new Problem(
                denied ? Problem.Kind.NOT_PERMITTED : Problem.Kind.REFUSED,
                reason,
                "chain " + chain + ", map " + map,
                "dump map " + map + " of chain " + chain + ": " + why,
                remedy));
    }
}
