package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedObject;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedProgram;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import io.bpfchain.kernel.object.FunctionInfo;
import io.bpfchain.kernel.object.InspectOutcome;
import io.bpfchain.kernel.object.LoadRequest;
import io.bpfchain.kernel.object.ObjectInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides for each map of a load whether it is carried over or made anew. */
final class MapDecisions {
    Optional<List<MapChoice>> decide(
            ResolvedChain chain,
            ResolvedObject object,
            List<ResolvedProgram> programs,
            Baseline baseline,
            Inspections inspections,
            List<Problem> problems) {
        if (programs.isEmpty()) {
            return Optional.of(List.of());
        }
        ObjectInfo info;
        switch (inspections.inspect(object.digest())) {
            case InspectOutcome.Refused refused -> {
                problems.add(LoadProblems.of(chain.name(), object.name(), refused.refusal()));
                return Optional.empty();
            }
            case InspectOutcome.Inspected inspected -> info = inspected.object();
        }
        Set<String> maps = new LinkedHashSet<>();
        for (ResolvedProgram program : programs) {
            for (FunctionInfo function : info.functions()) {
                if (function.name().equals(program.function())) {
                    maps.addAll(function.maps());
                }
            }
        }
        Map<String, PinnedMap> live = switch (baseline) {
            case Baseline.Nothing _ -> Map.of();
            case Baseline.Same same -> same.maps();
            case Baseline.Older older -> older.maps();
        };
        List<MapChoice> choices = new ArrayList<>();
        for (String map : maps) {
            PinnedMap pinned = live.get(map);
            boolean carried = pinned != null && (baseline instanceof Baseline.Same || !map.startsWith(".rodata"));
            choices.add(new MapChoice(
                    map,
                    carried && pinned != null
                            ? new LoadRequest.How.Reuse(pinned.pin())
                            : new LoadRequest.How.Create(0, Optional.empty()),
                    Optional.empty()));
        }
        return Optional.of(choices);
    }
}
