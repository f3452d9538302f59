package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Place;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedObject;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import io.bpfchain.kernel.btf.Btf;
import io.bpfchain.kernel.map.CarryOver;
import io.bpfchain.kernel.map.MapComparison;
import io.bpfchain.kernel.object.InspectOutcome;
import io.bpfchain.kernel.object.LoadRequest.How;
import io.bpfchain.kernel.object.MapDefinition;
import io.bpfchain.kernel.object.ObjectInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides for each map of a load whether the live one is carried over or a new one is made. A map that cannot be carried over safely
 * is never quietly made anew: the chain has to say Fresh.
 */
final class MapDecisions {
    private final Inspections inspections;
    private final SharedMaps shared;

    MapDecisions(Inspections inspections, SharedMaps shared) {
        this.inspections = inspections;
        this.shared = shared;
    }

    /**
     * Decides about all maps of one load.
     *
     * @param initial initial values of data sections that globals changed
     */
    record Request(
            ResolvedChain chain,
            ResolvedObject object,
            ObjectInfo info,
            Set<String> maps,
            Baseline baseline,
            Map<String, byte[]> initial) {
        Place at(MapDefinition map) {
            return chain.snapshot().at(chain.snapshot().fieldOf(object.name(), map.name()));
        }
    }

    /** Adds to {@code problems} what is refused. */
    List<MapChoice> decide(Request request, List<Problem> problems) {
        List<MapChoice> choices = new ArrayList<>();
        for (MapDefinition map : request.info().maps()) {
            if (request.maps().contains(map.name())) {
                decide(request, map, problems).ifPresent(choices::add);
            }
        }
        return choices;
    }

    private Optional<MapChoice> decide(Request request, MapDefinition map, List<Problem> problems) {
        Optional<MapSpec> spec = request.object().spec().maps().stream()
                .filter(m -> m.name().equals(map.name()))
                .findFirst();
        Optional<DeclaredMap> declared = request.object().declared(map.name());
        MapChoice fresh = new MapChoice(
                map.name(),
                new How.Create(
                        declared.map(DeclaredMap::addedFlags).orElse(0),
                        Optional.ofNullable(request.initial().get(map.name()))),
                declared);
        if (request.baseline() instanceof Baseline.Same(Map<String, PinnedMap> live, Set<String> _)
                && live.containsKey(map.name())) {
            return live(map, Optional.ofNullable(live.get(map.name())));
        }
        Optional<SharedMaps.User> user = spec.map(MapSpec::sharedAs)
                .flatMap(n -> shared.other(n, request.chain().name()));
        if (user.isPresent()) {
            return shared(request, map, user.get(), declared, problems);
        }
        boolean perVersion = map.dataSection()
                && (map.name().startsWith(".rodata") || map.name().equals(".kconfig"));
        boolean asked = spec.filter(s -> s.onUpdate() == MapSpec.OnUpdate.Fresh).isPresent()
                || declared.filter(d -> !d.inPlace()).isPresent();
        if (perVersion || asked) {
            return Optional.of(fresh);
        }
        return request.baseline().lost(map.name())
                ? refuse(
                        request,
                        map,
                        "the pin of the live map is gone, so the map cannot be found.",
                        "Apply once as root with CAP_SYS_ADMIN: then it is found by the programs that use it and pinned again. Or say"
                                + " onUpdate: Fresh for this map if its contents may be lost.",
                        problems)
                : older(request, map, spec, fresh, problems);
    }

    private Optional<MapChoice> older(
            Request request, MapDefinition map, Optional<MapSpec> spec, MapChoice fresh, List<Problem> problems) {
        if (!(request.baseline() instanceof Baseline.Older older)) {
            return Optional.of(fresh);
        }
        Optional<PinnedMap> live = Optional.ofNullable(older.maps().get(map.name()));
        if (live.isEmpty() || protectionChanges(older.journalled(map.name()), fresh.fill())) {
            return Optional.of(fresh);
        }
        CarryOver carryOver = compare(older.object().digest(), map.name(), request, map);
        boolean keep = spec.filter(s -> s.onUpdate() == MapSpec.OnUpdate.Keep).isPresent();
        return switch (carryOver) {
            case CarryOver.Compatible _ -> live(map, live);
            case CarryOver.OnlyIfChosen _ when keep -> live(map, live);
            case CarryOver.OnlyIfChosen chosen ->
                refuse(
                        request,
                        map,
                        chosen.reason(),
                        "Say onUpdate: Keep for this map if the new version may use the live one as it is, or"
                                + " onUpdate: Fresh if its contents may be lost.",
                        problems);
            case CarryOver.Different different ->
                refuse(request, map, String.join(" ", different.what()), fresh(keep), problems);
            case CarryOver.Never never -> refuse(request, map, never.reason(), fresh(keep), problems);
        };
    }

    private static String fresh(boolean keep) {
        return keep
                ? "The chain says onUpdate: Keep for this map, which cannot be done; say onUpdate: Fresh if its contents"
                        + " may be lost."
                : "Say onUpdate: Fresh for this map if its contents may be lost.";
    }

    /** Declared contents are enforced by a flag that a map has for life, so a map that gets or loses it is made anew. */
    private static boolean protectionChanges(Optional<JournalMap> live, Optional<DeclaredMap> declared) {
        boolean now = declared.filter(d -> d.addedFlags() != 0).isPresent();
        return declared.isPresent() && live.filter(m -> m.readOnly() != now).isPresent();
    }

    private Optional<MapChoice> shared(
            Request request,
            MapDefinition map,
            SharedMaps.User user,
            Optional<DeclaredMap> declared,
            List<Problem> problems) {
        Optional<String> entries = declared.map(d -> d.entries().entriesDigest());
        String reason = switch (compare(user.object(), user.map().mapName(), request, map)) {
            case CarryOver.Compatible _, CarryOver.OnlyIfChosen _ ->
                entries.equals(user.entries()) ? "" : "It declares other entries.";
            case CarryOver.Different different -> String.join(" ", different.what());
            case CarryOver.Never never -> never.reason();
        };
        if (reason.isEmpty()) {
            return live(map, Optional.of(user.map()));
        }
        problems.add(new Problem(
                        Problem.Kind.REFUSED,
                        "SharedMapDiffers",
                        subject(request, map),
                        "share " + subject(request, map) + " with map "
                                + user.map().mapName() + " of chain " + user.chain() + ": " + reason,
                        "Make definition and entries identical in both chains, or share under another name.")
                .at(request.at(map)));
        return Optional.empty();
    }

    private CarryOver compare(String liveObject, String liveMap, Request request, MapDefinition map) {
        if (!(inspections.inspect(liveObject) instanceof InspectOutcome.Inspected inspected)) {
            return new CarryOver.Different(List.of("The object that made the live map cannot be opened any more."));
        }
        ObjectInfo old = inspected.object();
        Btf oldTypes = inspections.btf(liveObject, old);
        Btf newTypes = inspections.btf(request.object().digest(), request.info());
        return old.maps().stream()
                .filter(m -> m.name().equals(liveMap))
                .findFirst()
                .map(m -> MapComparison.compare(m, oldTypes, map, newTypes))
                .orElseGet(() -> new CarryOver.Different(List.of("The older object has no such map.")));
    }

    private static Optional<MapChoice> live(MapDefinition map, Optional<PinnedMap> live) {
        return live.map(m -> new MapChoice(map.name(), new How.Reuse(m.pin()), Optional.empty()));
    }

    private static Optional<MapChoice> refuse(
            Request request, MapDefinition map, String reason, String remedy, List<Problem> problems) {
        problems.add(new Problem(
                        Problem.Kind.REFUSED,
                        "MapCannotBeKept",
                        subject(request, map),
                        "carry " + subject(request, map) + " over to the new version: " + reason,
                        remedy)
                .at(request.at(map)));
        return Optional.empty();
    }

    private static String subject(Request request, MapDefinition map) {
        return "map " + map.name() + " of object " + request.object().name() + " of chain "
                + request.chain().name();
    }
}
