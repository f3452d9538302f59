package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedObject;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedProgram;
import io.bpfchain.agent.state.BlobStore;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.ProgramSpec;
import io.bpfchain.crds.UpdateSpec;
import io.bpfchain.kernel.object.FunctionInfo;
import io.bpfchain.kernel.object.InspectOutcome;
import io.bpfchain.kernel.object.ObjectInfo;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.OnUnsafe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Resolves the names of a chain and computes its versions. Loads nothing; objects are inspected only where a name depends on it. */
public final class Resolver {
    private final Inspections inspections;
    private final Declarations declarations;

    public Resolver(Inspections inspections, BlobStore entries) {
        this.inspections = inspections;
        this.declarations = new Declarations(entries);
    }

    /** Resolves; adds to {@code problems} what is wrong with the chain, and is empty then. */
    public Optional<ResolvedChain> resolve(Snapshot snapshot, List<Problem> problems) {
        Optional<AttachType> attachType = AttachType.ofName(snapshot.spec().attachType());
        if (attachType.isEmpty()) {
            problems.add(invalid(
                    snapshot,
                    "spec.attachType",
                    "UnknownAttachType",
                    "resolve attach type " + snapshot.spec().attachType() + ": there is no such cgroup attach type",
                    "Use one of bpftool's names, for example cgroup_inet_egress."));
            return Optional.empty();
        }
        List<Problem> found = new ArrayList<>();
        List<ResolvedObject> objects = new ArrayList<>();
        Map<String, String> versions = new HashMap<>();
        for (ObjectSpec spec : snapshot.spec().objects()) {
            ResolvedObject object = object(snapshot, spec, attachType.get(), found);
            versions.put(spec.name(), object.version());
            objects.add(object);
        }
        List<ResolvedProgram> programs = programs(snapshot, attachType.get(), versions, found);
        problems.addAll(found);
        return found.isEmpty()
                ? Optional.of(new ResolvedChain(
                        snapshot,
                        attachType.get(),
                        Objects.requireNonNullElse(snapshot.spec().priority(), 100),
                        onUnsafe(snapshot.spec().update()),
                        objects,
                        programs))
                : Optional.empty();
    }

    /**
     * The programs in their order.
     *
     * @param versions of the chain's objects, by name
     */
    private List<ResolvedProgram> programs(
            Snapshot snapshot, AttachType attachType, Map<String, String> versions, List<Problem> problems) {
        List<ResolvedProgram> programs = new ArrayList<>();
        for (int i = 0; i < snapshot.spec().programs().size(); i++) {
            ProgramSpec program = snapshot.spec().programs().get(i);
            String field = "spec.programs[" + i + "]";
            String object = Objects.requireNonNullElse(
                    program.object(), snapshot.spec().objects().getFirst().name());
            String version = versions.get(object);
            if (version == null) {
                problems.add(invalid(
                        snapshot,
                        field + ".object",
                        "NoSuchObject",
                        "program " + program.name() + " names object " + object + ", which the chain does not have",
                        "Name one of the chain's objects."));
            } else {
                function(snapshot, field, program, object, attachType, problems)
                        .ifPresent(f -> programs.add(
                                new ResolvedProgram(program.name(), object, f, Versions.ofProgram(version, f))));
            }
        }
        return programs;
    }

    private ResolvedObject object(Snapshot snapshot, ObjectSpec spec, AttachType attachType, List<Problem> problems) {
        String digest = snapshot.object(spec.name()).digest();
        List<DeclaredMap> declared = List.of();
        if (!spec.maps().isEmpty()) {
            switch (inspections.inspect(digest)) {
                case InspectOutcome.Refused refused ->
                    problems.add(LoadProblems.of(snapshot, spec.name(), inspections.stored(digest), refused.refusal()));
                case InspectOutcome.Inspected inspected ->
                    declared = declarations.read(
                            snapshot, spec, inspected.object(), inspections.btf(digest, inspected.object()), problems);
            }
        }
        Map<String, String> swapped = new HashMap<>();
        declared.stream()
                .filter(d -> !d.inPlace())
                .forEach(d -> swapped.put(d.spec().name(), d.entries().entriesDigest()));
        return new ResolvedObject(
                spec.name(), spec, digest, Versions.ofObject(digest, spec, attachType, swapped), declared);
    }

    private Optional<String> function(
            Snapshot snapshot,
            String field,
            ProgramSpec program,
            String object,
            AttachType attachType,
            List<Problem> problems) {
        if (program.function() != null) {
            return Optional.of(program.function());
        }
        switch (inspections.inspect(snapshot.object(object).digest())) {
            case InspectOutcome.Refused refused ->
                problems.add(LoadProblems.of(
                        snapshot,
                        object,
                        inspections.stored(snapshot.object(object).digest()),
                        refused.refusal()));
            case InspectOutcome.Inspected inspected -> {
                List<String> fitting = fitting(inspected.object(), attachType);
                if (fitting.size() == 1) {
                    return Optional.of(fitting.getFirst());
                }
                problems.add(invalid(
                        snapshot,
                        field,
                        "FunctionNeeded",
                        "program " + program.name() + " names no function, and object " + object + " has "
                                + (fitting.isEmpty()
                                        ? "none for " + attachType + "; it has " + names(inspected.object())
                                        : "several for " + attachType + ": " + String.join(", ", fitting)),
                        "Name the function that shall run."));
            }
        }
        return Optional.empty();
    }

    private static List<String> fitting(ObjectInfo object, AttachType attachType) {
        return object.functions().stream()
                .filter(f -> f.expectedAttachType().orElse(-1) == attachType.code())
                .map(FunctionInfo::name)
                .toList();
    }

    private static String names(ObjectInfo object) {
        return object.functions().isEmpty()
                ? "no programs"
                : object.functions().stream()
                        .map(f -> f.name() + " (" + f.section() + ")")
                        .collect(Collectors.joining(", "));
    }

    private static OnUnsafe onUnsafe(@org.jspecify.annotations.Nullable UpdateSpec update) {
        UpdateSpec.OnUnsafe choice =
                update == null || update.onUnsafe() == null ? UpdateSpec.OnUnsafe.Refuse : update.onUnsafe();
        return switch (choice) {
            case Refuse -> OnUnsafe.REFUSE;
            case AllowOverlap -> OnUnsafe.ALLOW_OVERLAP;
            case AllowGap -> OnUnsafe.ALLOW_GAP;
        };
    }

    private static Problem invalid(Snapshot snapshot, String field, String reason, String message, String remedy) {
        return new Problem(Problem.Kind.INVALID, reason, "chain " + snapshot.chain(), message, remedy)
                .at(snapshot.at(field));
    }
}
