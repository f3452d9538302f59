package io.bpfchain.agent.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** Measures everything that docs/benchmarks.md says and writes it: {@code Benchmarks <module directory> <distribution> <output>}. */
public final class Benchmarks {
    private Benchmarks() {}

    /**
     * Runs. Exit code 0 also when a goal was missed: the figures say so.
     *
     * @param arguments the agent module's directory, the distribution, the file to write
     */
    public static void main(String[] arguments) throws IOException {
        cleanUpWhenCutOff(Thread.currentThread());
        Path module = Path.of(arguments[0]);
        Path distribution = Path.of(arguments[1]).toAbsolutePath();
        List<Figure> figures = new ArrayList<>();
        say(figures, SystemCallFigures.replace(module));
        try (Baseline baseline = new Baseline(module)) {
            say(figures, List.of(SystemCallFigures.commit(baseline)));
        }
        try (Baseline baseline = new Baseline(module);
                CommandFigures commands = new CommandFigures(baseline, distribution)) {
            say(figures, commands.nothingToDo());
            say(figures, List.of(commands.entries()));
            say(figures, List.of(commands.freshApply()));
        }
        try (Baseline baseline = new Baseline(module)) {
            say(figures, PacketFigures.all(baseline, distribution));
        }
        say(figures, List.of(GlobFigures.attach(distribution)));
        say(figures, List.of(PlanFigures.plan()));
        Path file = Path.of(arguments[2]);
        Files.writeString(file, page(figures) + sectionsBelow(file));
    }

    /**
     * A signal ends every command that a measurement waits for. That fails the measurement, and on its way out it removes its cgroups,
     * programs and mounts as after any failure.
     */
    private static void cleanUpWhenCutOff(Thread measuring) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
            try {
                measuring.join(Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    /** What other scripts and people wrote below the table: everything from the first section on. */
    private static String sectionsBelow(Path file) throws IOException {
        String page = Files.exists(file) ? Files.readString(file) : "";
        int first = page.indexOf("\n## ");
        return first < 0 ? "" : page.substring(first);
    }

    private static void say(List<Figure> all, List<Figure> more) {
        more.forEach(f -> System.out.println(f.row()));
        all.addAll(more);
    }

    private static String page(List<Figure> figures) throws IOException {
        StringBuilder page = new StringBuilder("""
                # Benchmarks

                Written by `make bench`, which anyone can repeat. The baseline is a C program that makes the same system calls
                (`node-agent/agent/src/bench/c/baseline.c`) and alternates with ours within one run, so that a ratio holds where single figures drift.
                Figures are medians, with the 99th percentile in brackets.

                """);
        page.append("Run of ").append(LocalDate.now(java.time.ZoneOffset.UTC)).append(" on Linux ");
        page.append(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
        page.append(", ").append(Runtime.getRuntime().availableProcessors()).append(" CPUs, Java ");
        page.append(Runtime.version().feature()).append(".\n\n");
        page.append("| what | ours | baseline | result | goal | reached |\n|---|---|---|---|---|---|\n");
        figures.forEach(f -> page.append(f.row()).append('\n'));
        return page.toString();
    }
}
