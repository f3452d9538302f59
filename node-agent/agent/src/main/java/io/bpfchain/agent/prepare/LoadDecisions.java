package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Place;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedObject;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedProgram;
import io.bpfchain.kernel.btf.Globals;
import io.bpfchain.kernel.map.MapType;
import io.bpfchain.kernel.object.AttachTypeCheck;
import io.bpfchain.kernel.object.FunctionInfo;
import io.bpfchain.kernel.object.InspectOutcome;
import io.bpfchain.kernel.object.ObjectInfo;
import io.bpfchain.kernel.object.ObjectRefusal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Decides how some programs of an object are to be loaded: functions, globals, maps. Everything wrong with them is found here, before the load. */
final class LoadDecisions {
    private final Inspections inspections;
    private final MapDecisions maps;

    LoadDecisions(Inspections inspections, MapDecisions maps) {
        this.inspections = inspections;
        this.maps = maps;
    }

    /** Decides; adds to {@code problems} what stands in the way, and is empty then. */
    Optional<InstanceLoad> decide(
            ResolvedChain chain,
            String uid,
            ResolvedObject object,
            List<ResolvedProgram> programs,
            Baseline baseline,
            List<Problem> problems) {
        ObjectInfo info;
        switch (inspections.inspect(object.digest())) {
            case InspectOutcome.Refused refused -> {
                problems.add(LoadProblems.of(
                        chain.snapshot(), object.name(), inspections.stored(object.digest()), refused.refusal()));
                return Optional.empty();
            }
            case InspectOutcome.Inspected inspected -> info = inspected.object();
        }
        List<Problem> found = new ArrayList<>();
        structOps(object, info)
                .map(refusal ->
                        LoadProblems.of(chain.snapshot(), object.name(), inspections.stored(object.digest()), refusal))
                .ifPresent(found::add);
        Set<String> used = functions(chain, object, programs, info, found);
        Map<String, byte[]> initial = globals(chain, object, info, found);
        List<MapChoice> choices =
                maps.decide(new MapDecisions.Request(chain, object, info, used, baseline, initial), found);
        problems.addAll(found);
        return found.isEmpty()
                ? Optional.of(new InstanceLoad(chain, uid, object, programs, choices))
                : Optional.empty();
    }

    /** Operations of the kernel are nothing that a cgroup's list holds: an update of their map alone would put them into force. */
    private Optional<ObjectRefusal> structOps(ResolvedObject object, ObjectInfo info) {
        return info.maps().stream()
                .filter(m -> m.type() == MapType.STRUCT_OPS.code())
                .findFirst()
                .map(m -> new ObjectRefusal(
                        ObjectRefusal.Reason.Unsupported,
                        "load " + inspections.stored(object.digest()) + ": map " + m.name()
                                + " is a struct_ops map, which puts operations of the kernel into force, and no chain has such",
                        "Put struct_ops into an object of its own, for the tool that registers it.",
                        Optional.empty()));
    }

    /** Checks the functions and returns the maps that they use. */
    private Set<String> functions(
            ResolvedChain chain,
            ResolvedObject object,
            List<ResolvedProgram> programs,
            ObjectInfo info,
            List<Problem> problems) {
        Set<String> used = new LinkedHashSet<>();
        for (ResolvedProgram program : programs) {
            Optional<FunctionInfo> function = info.functions().stream()
                    .filter(f -> f.name().equals(program.function()))
                    .findFirst();
            if (function.isEmpty()) {
                problems.add(new Problem(
                                Problem.Kind.INVALID,
                                "NoSuchFunction",
                                "chain " + chain.name() + ", program " + program.name(),
                                "object " + object.name() + " has no function " + program.function() + "; it has "
                                        + info.functions().stream()
                                                .map(FunctionInfo::name)
                                                .collect(Collectors.joining(", ")),
                                "Name one of the object's functions.")
                        .at(function(chain, program)));
                continue;
            }
            if (AttachTypeCheck.check(function.get(), chain.attachType())
                    instanceof AttachTypeCheck.Result.Refused refused) {
                problems.add(LoadProblems.of(
                                chain.snapshot(), object.name(), inspections.stored(object.digest()), refused.refusal())
                        .at(function(chain, program)));
            }
            used.addAll(function.get().maps());
        }
        return used;
    }

    private static Place function(ResolvedChain chain, ResolvedProgram program) {
        return chain.snapshot().at("spec.programs[" + chain.programs().indexOf(program) + "].function");
    }

    private Map<String, byte[]> globals(
            ResolvedChain chain, ResolvedObject object, ObjectInfo info, List<Problem> problems) {
        return switch (Globals.encode(
                info, inspections.types(object.digest(), info), object.spec().globals())) {
            case Globals.Outcome.Encoded encoded -> encoded.sections();
            case Globals.Outcome.Rejected rejected -> {
                rejected.problems()
                        .forEach(p -> problems.add(new Problem(
                                        Problem.Kind.INVALID,
                                        "InvalidGlobal",
                                        "global " + p.path() + " of object " + object.name() + " of chain "
                                                + chain.name(),
                                        "object " + object.name() + ": " + p.message(),
                                        "Correct the value.")
                                .at(chain.snapshot()
                                        .at(chain.snapshot().fieldOf(object.name()) + ".globals." + p.path()))));
                yield Map.of();
            }
        };
    }
}
