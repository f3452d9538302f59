package io.bpfchain.agent.cli;

import io.bpfchain.kernel.testing.Commands;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line where a user without any privilege can read it: the build's own directories may be root's alone. */
record UserInstallation(Path lib) {
    private static final String NOBODY = "65534";

    /** What a command ended with. */
    record Ended(int code, String message) {}

    /** Copies the class path and the native library below a directory. */
    static UserInstallation make(Path directory) throws IOException {
        Path lib = Files.createDirectory(directory.resolve("lib"));
        int number = 0;
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (element.isEmpty()) {
                continue;
            }
            Commands.run(
                    "cp",
                    "-rL",
                    element,
                    lib.resolve(number + "-" + Path.of(element).getFileName()).toString());
            number++;
        }
        Commands.run(
                "cp",
                "-rL",
                System.getProperty("bpfchain.native.dir"),
                lib.resolve("native").toString());
        Commands.run("chmod", "-R", "a+rX", directory.toString());
        return new UserInstallation(lib);
    }

    Ended run(String... arguments) throws IOException, InterruptedException {
        List<String> classPath = new ArrayList<>();
        try (var files = Files.list(lib)) {
            files.map(Path::toString).sorted().forEach(classPath::add);
        }
        List<String> command = new ArrayList<>(List.of(
                "setpriv",
                "--reuid",
                NOBODY,
                "--clear-groups",
                "--inh-caps=-all",
                "--bounding-set=-all",
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Dbpfchain.native.dir=" + lib.resolve("native"),
                "-cp",
                String.join(File.pathSeparator, classPath),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        String message = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), message);
    }
}
