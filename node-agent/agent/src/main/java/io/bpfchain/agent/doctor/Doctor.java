package io.bpfchain.agent.doctor;

import io.bpfchain.agent.cgroup.CgroupRoot;
import io.bpfchain.kernel.BpffsSearch;
import io.bpfchain.kernel.Feature;
import io.bpfchain.kernel.FeatureReport;
import io.bpfchain.planner.Support;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks at a machine. */
public final class Doctor {
    private static final String ATTACH_TYPE = "attach type ";

    private Doctor() {}

    /**
     * Looks at everything; what cannot be asked because something before it is missing is left out.
     *
     * @param nativeProblem why the native library cannot be used
     * @param bpffs asked only when the native library can be used
     */
    public static Diagnosis examine(
            Path stateDirectory,
            CgroupRoot cgroups,
            Optional<String> nativeProblem,
            Supplier<BpffsSearch.Result> bpffs) {
        List<Check> checks = new ArrayList<>();
        checks.add(state(stateDirectory));
        checks.add(
                switch (cgroups) {
                    case CgroupRoot.Found found ->
                        Check.ok("cgroup2", true, found.directory().toString());
                    case CgroupRoot.NotFound notFound ->
                        Check.missing(
                                "cgroup2",
                                true,
                                notFound.problem().message(),
                                notFound.problem().remedy());
                });
        if (nativeProblem.isPresent()) {
            checks.add(Check.missing(
                    "native library",
                    true,
                    nativeProblem.get(),
                    "Use the distribution as it was built, on x86-64 with glibc 2.36 or newer."));
            return new Diagnosis(checks);
        }
        Path root = switch (cgroups) {
            case CgroupRoot.Found found -> found.directory();
            case CgroupRoot.NotFound notFound -> Path.of("/sys/fs/cgroup");
        };
        BpffsSearch.Result found = bpffs.get();
        checks.add(
                switch (found) {
                    case BpffsSearch.Result.Found there ->
                        Check.ok("bpffs", true, there.bpffs().mount().toString());
                    case BpffsSearch.Result.Missing missing ->
                        Check.missing("bpffs", true, missing.message(), missing.remedy());
                });
        List<Feature> features = FeatureReport.make(root, found).stream()
                .filter(f -> !f.name().equals("cgroup2") && !f.name().equals("bpffs"))
                .toList();
        features.stream()
                .filter(f -> !f.name().startsWith(ATTACH_TYPE))
                .map(Doctor::check)
                .forEach(checks::add);
        checks.add(attachTypes(
                features.stream().filter(f -> f.name().startsWith(ATTACH_TYPE)).toList()));
        return new Diagnosis(checks);
    }

    static Check check(Feature feature) {
        return switch (feature.support()) {
            case Support.Supported supported -> Check.ok(feature.name(), feature.required(), feature.meaning());
            case Support.Unsupported unsupported ->
                Check.missing(feature.name(), feature.required(), feature.lost(), feature.remedy());
            case Support.Unknown unknown ->
                Check.unknown(feature.name(), feature.required(), unknown.cause(), feature.remedy());
        };
    }

    /** One line for all attach types: 28 lines of the same would hide the others. */
    static Check attachTypes(List<Feature> types) {
        List<Feature> missing =
                types.stream().filter(t -> !t.support().usable()).toList();
        String count = types.size() - missing.size() + " of " + types.size() + " can be loaded";
        if (missing.isEmpty()) {
            return Check.ok("attach types", false, count);
        }
        String names = missing.stream()
                .map(t -> t.name().substring(ATTACH_TYPE.length()))
                .collect(Collectors.joining(", "));
        return Check.missing(
                "attach types",
                false,
                count + ", not " + names,
                "Use a kernel that has them, and grant CAP_BPF and CAP_NET_ADMIN; chains of the others work.");
    }

    /** Whether the state directory can be written, or made: asks, and does not try. */
    static Check state(Path directory) {
        if (Files.isDirectory(directory)) {
            return Files.isWritable(directory) && Files.isExecutable(directory)
                    ? Check.ok("state directory", true, directory.toString())
                    : Check.missing(
                            "state directory",
                            true,
                            directory + " cannot be written",
                            "Run as root, or name another one with --state-dir.");
        }
        Path above = nearest(directory);
        return Files.isDirectory(above) && Files.isWritable(above)
                ? Check.ok("state directory", true, directory + " (will be made)")
                : Check.missing(
                        "state directory",
                        true,
                        directory + " is not there and cannot be made in " + above,
                        "Make it, run as root, or name another one with --state-dir.");
    }

    private static Path nearest(Path directory) {
        @Nullable Path above = directory.toAbsolutePath();
        while (above != null && !Files.exists(above)) {
            above = above.getParent();
        }
        return Objects.requireNonNullElse(above, Path.of("/"));
    }
}
