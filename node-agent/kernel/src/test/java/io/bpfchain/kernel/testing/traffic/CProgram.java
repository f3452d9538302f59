package io.bpfchain.kernel.testing.traffic;

import io.bpfchain.kernel.testing.BpfCompiler;
import io.bpfchain.kernel.testing.TestCgroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sources beside this class: read, compiled and started inside a cgroup. */
final class CProgram {
    private CProgram() {}

    /** The text of a source. */
    static String source(String file) {
        try (InputStream text = CProgram.class.getResourceAsStream(file)) {
            if (text == null) {
                throw new IllegalStateException(file + " is not beside " + CProgram.class);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command line of the program {@code name}, compiled if need be. */
    static List<String> command(String name, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(BpfCompiler.compileProgram(name, source(name + ".c")).toString());
        command.addAll(arguments);
        return command;
    }

    /** The same command, run by a process that joins the cgroup first: sockets belong to the cgroup they are created in. */
    static List<String> inside(TestCgroup cgroup, List<String> command) {
        List<String> joined = new ArrayList<>(List.of(
                "sh",
                "-c",
                "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"",
                cgroup.directory().toString()));
        joined.addAll(command);
        return joined;
    }
}
