package io.bpfchain.kernel.testing;

import java.util.ArrayList;
import java.util.List;

/** Runs a main class of the tests in another JVM with all of root's capabilities but one. */
public final class Unprivileged {
    private Unprivileged() {}

    /**
     * The output of the class, which must end with exit code 0.
     *
     * @param capability as setpriv(1) names it, for example {@code sys_admin}
     */
    public static String runWithout(String capability, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "setpriv",
                "--bounding-set",
                "-" + capability,
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dbpfchain.native.dir=" + System.getProperty("bpfchain.native.dir"),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return Commands.run(command);
    }
}
