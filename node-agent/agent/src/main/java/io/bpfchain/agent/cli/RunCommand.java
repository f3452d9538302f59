package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.cgroup.CgroupWatch;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.agent.log.LineLogging;
import io.bpfchain.agent.run.Daemon;
import io.bpfchain.agent.run.DirectoryClaim;
import io.bpfchain.agent.run.RunSettings;
import io.bpfchain.agent.run.Timing;
import io.bpfchain.kernel.FileAnswer;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code bpfchain run}. */
final class RunCommand implements Callable<Integer> {
    /** How the log is written. */
    enum LogFormat {
        plain,
        json
    }

    private final Session session;

    private final OptionSpec directory = Described.option(Path.class, "--dir")
            .paramLabel("DIR")
            .required(true)
            .description("The directory of chain files (*.yaml, *.yml, *.json).")
            .build();

    private final OptionSpec format = Described.option(LogFormat.class, "--log-format")
            .paramLabel("FORMAT")
            .defaultValue("plain")
            .description("plain, or json: one object per line. The log goes to standard error.")
            .build();

    RunCommand(Session session) {
        this.session = session;
    }

    CommandLine line() {
        return new Described(
                        "run",
                        this,
                        "Keeps the chain files of a directory applied until it is stopped; then everything stays attached.",
                        "Attaches to new cgroups of patterns as they appear, and repairs what others changed every 30 s. A file that is not"
                                + " valid leaves its last valid version in force. A chain is deleted 5 s after its file, when run made it;"
                                + " when all files or the directory itself are gone, nothing is, so the last chain is taken out by delete"
                                + " chain --force after its file. Chains made by apply are left alone.")
                .takes(directory, format)
                .examples("  bpfchain run --dir /etc/bpfchain/chains", "  bpfchain run --dir chains/ --log-format json")
                .line();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Settings settings = session.global().settings();
        return switch (session.machine().open(settings, Machine.Intent.ATTACH)) {
            case Machine.Opened.Ready<MountedCgroups> ready -> {
                System.setProperty(
                        LineLogging.FORMAT, format.<LogFormat>getValue().name());
                yield claimed(ready, settings).number();
            }
            case Machine.Opened.Refused<MountedCgroups> refused -> {
                session.console().problems(refused.problems());
                yield ExitCode.of(refused.problems()).number();
            }
        };
    }

    /** A state directory that cannot be written keeps nobody from keeping what runs. */
    private ExitCode claimed(Machine.Opened.Ready<MountedCgroups> machine, Settings settings)
            throws IOException, InterruptedException {
        Logger log = LoggerFactory.getLogger("bpfchain.run");
        Path watched = directory.<Path>getValue().toAbsolutePath().normalize();
        DirectoryClaim.Attempt attempt;
        try {
            attempt = DirectoryClaim.of(settings.stateDirectory(), watched);
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("directory", watched)
                    .addKeyValue("answer", FileAnswer.of(e).text())
                    .log("it cannot be told whether another process keeps this directory too");
            run(machine, settings, watched, log);
            return ExitCode.DONE;
        }
        return switch (attempt) {
            case DirectoryClaim.Attempt.Refused(Problem problem) -> session.refused(problem);
            case DirectoryClaim.Attempt.Claimed(DirectoryClaim claim) -> {
                try (claim) {
                    run(machine, settings, watched, log);
                }
                yield ExitCode.DONE;
            }
        };
    }

    private void run(Machine.Opened.Ready<MountedCgroups> machine, Settings settings, Path watched, Logger log)
            throws IOException, InterruptedException {
        machine.notes().forEach(log::info);
        RunSettings run = new RunSettings(watched, settings.stateDirectory().resolve("run.json"), Timing.DEFAULT);
        MountedCgroups found = machine.cgroups();
        try (WatchService service = FileSystems.getDefault().newWatchService();
                CgroupWatch cgroups = new CgroupWatch(found, service)) {
            Daemon daemon =
                    new Daemon(run, machine.host(), machine.upkeep(), found, service, cgroups, session.clock(), log);
            try (StopSignal _ = StopSignal.awaits(daemon::stop)) {
                daemon.run();
            }
        }
    }
}
