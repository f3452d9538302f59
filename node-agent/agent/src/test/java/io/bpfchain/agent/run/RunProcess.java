package io.bpfchain.agent.run;

import io.bpfchain.agent.cli.Main;
import io.bpfchain.agent.engine.TestHost;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code bpfchain run} in a process of its own, and what the kernel tells of it. */
final class RunProcess {
    private RunProcess() {}

    /** Starts it; its log goes to this process's output. */
    static Process start(TestHost machine, Path folder, List<String> javaOptions) throws IOException {
        List<String> command = new ArrayList<>(command(machine, folder));
        command.addAll(1, javaOptions);
        return new ProcessBuilder(command).inheritIO().start();
    }

    static List<String> command(TestHost machine, Path folder) {
        return TestJvm.command(
                List.of(),
                Main.class,
                "run",
                "--dir",
                folder.toString(),
                "--state-dir",
                machine.state().toString(),
                "--bpffs",
                machine.bpffs().toString());
    }

    static long descriptors(Process process) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return files.count();
        }
    }

    /** Watches of inotify. */
    static long watches(Process process) throws IOException {
        long watches = 0;
        try (Stream<Path> files = Files.list(Path.of("/proc/" + process.pid() + "/fdinfo"))) {
            for (Path file : files.toList()) {
                watches += Files.readAllLines(file).stream()
                        .filter(l -> l.startsWith("inotify "))
                        .count();
            }
        }
        return watches;
    }

    static long residentKib(Process process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(l -> l.startsWith("VmRSS:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    /** Live objects, after a full collection. */
    static long heapKib(Process process) {
        String histogram = Commands.run(
                System.getProperty("java.home") + "/bin/jcmd", Long.toString(process.pid()), "GC.class_histogram");
        return histogram
                        .lines()
                        .filter(l -> l.startsWith("Total"))
                        .mapToLong(l -> Long.parseLong(l.replaceAll("Total +[0-9]+ +([0-9]+).*", "$1")))
                        .findFirst()
                        .orElseThrow()
                / 1024;
    }
}
