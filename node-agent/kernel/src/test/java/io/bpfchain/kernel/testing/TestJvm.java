package io.bpfchain.kernel.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A main class of the tests in a JVM of its own. */
public final class TestJvm {
    private TestJvm() {}

    /**
     * The command line that runs it.
     *
     * @param before what changes the process first, for example {@code unshare --mount}; may be empty
     */
    public static List<String> command(List<String> before, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dbpfchain.native.dir=" + System.getProperty("bpfchain.native.dir"),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }
}
