package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.cgroup.CgroupRoot;
import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.agent.doctor.Diagnosis;
import io.bpfchain.agent.doctor.Doctor;
import io.bpfchain.agent.engine.HostConfiguration;
import io.bpfchain.agent.engine.LocalHost;
import io.bpfchain.agent.prepare.ObjectLoader;
import io.bpfchain.agent.source.Download;
import io.bpfchain.agent.source.FileAndUrlSources;
import io.bpfchain.agent.source.Limits;
import io.bpfchain.agent.state.StateDirectory;
import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.BpffsSearch;
import io.bpfchain.kernel.KernelFeatures;
import io.bpfchain.kernel.NativeLibrary;
import io.bpfchain.kernel.object.ObjectHelper;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The machine that this process runs on.
 *
 * @param clock of everything that is recorded
 * @param limits of downloads
 * @param client makes the HTTP client when the first URL is fetched
 * @param lockTimeout how long to wait for another writer
 */
record LocalMachine(Clock clock, Limits limits, Supplier<? extends Download> client, Duration lockTimeout)
        implements Machine {
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(30);

    static LocalMachine create() {
        return new LocalMachine(
                Clock.systemUTC(), Limits.DEFAULT, () -> Download.of(Limits.DEFAULT, System.getenv()), LOCK_TIMEOUT);
    }

    @Override
    public <C extends Cgroups> Opened<C> open(Settings settings, Intent intent, Function<MountedCgroups, C> selection) {
        Optional<String> broken = NativeLibrary.problem();
        if (broken.isPresent()) {
            return new Opened.Refused<>(List.of(new Problem(
                    Problem.Kind.FAILED,
                    "NativeLibrary",
                    "libbpfchain.so",
                    "load the native library: " + broken.get(),
                    "Use the distribution as it was built (make build), on x86-64 with glibc 2.36 or newer.")));
        }
        CgroupRoot root = CgroupRoot.find(settings.cgroupRoot());
        List<String> notes = new ArrayList<>();
        BpffsSearch.Result bpffs = BpffsSearch.find(settings.bpffs());
        if (root instanceof CgroupRoot.Found && intent == Intent.ATTACH && mayMount(settings)) {
            bpffs = BpffsSearch.mountUsual();
            if (bpffs instanceof BpffsSearch.Result.Found) {
                notes.add("mounted a BPF file system at " + BpffsSearch.USUAL + " for pins, as systemd does at boot");
            }
        }
        if (root instanceof CgroupRoot.Found mounted && bpffs instanceof BpffsSearch.Result.Found pins) {
            C cgroups = selection.apply(new MountedCgroups(mounted.directory()));
            LocalHost host = new LocalHost(configuration(settings, cgroups, pins.bpffs()));
            return new Opened.Ready<>(host, host, cgroups, notes);
        }
        List<Problem> problems = new ArrayList<>();
        if (root instanceof CgroupRoot.NotFound notFound) {
            problems.add(notFound.problem());
        }
        if (bpffs instanceof BpffsSearch.Result.Missing missing) {
            String directory = settings.bpffs().orElse(BpffsSearch.USUAL).toString();
            problems.add(new Problem(Problem.Kind.REFUSED, "NoBpffs", directory, missing.message(), missing.remedy()));
        }
        return new Opened.Refused<>(problems);
    }

    /** Only the usual one, only where it is missing, and only where it would outlive this process. */
    private static boolean mayMount(Settings settings) {
        return settings.bpffs().isEmpty() && !BpffsSearch.usualIsThere() && BpffsSearch.inHostMountNamespace();
    }

    private HostConfiguration configuration(Settings settings, Cgroups cgroups, Bpffs bpffs) {
        Path state = settings.stateDirectory();
        return new HostConfiguration(
                state,
                bpffs,
                cgroups,
                new FileAndUrlSources(StateDirectory.downloads(state), limits, client),
                ObjectLoader.of(new ObjectHelper()),
                KernelFeatures::capabilities,
                lockTimeout,
                clock,
                Checkpoint.NONE);
    }

    @Override
    public Diagnosis diagnose(Settings settings) {
        return Doctor.examine(
                settings.stateDirectory(),
                CgroupRoot.find(settings.cgroupRoot()),
                NativeLibrary.problem(),
                () -> BpffsSearch.find(settings.bpffs()));
    }
}
