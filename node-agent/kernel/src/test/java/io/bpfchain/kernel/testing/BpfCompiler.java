package io.bpfchain.kernel.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Compiles BPF C with clang into {@code target/bpf}, once for each text. Where there is no compiler, the objects of an earlier
 * run are brought along and found through the system property {@code bpfchain.bpf.dir}.
 */
public final class BpfCompiler {
    private static final Path OUTPUT =
            Path.of(System.getProperty("bpfchain.bpf.dir", "target/bpf")).toAbsolutePath();

    private BpfCompiler() {}

    /** Compiles a source file; extra options come after the usual ones ({@code -g} is given, so the object has BTF). */
    public static Path compile(Path source, String... options) {
        try {
            return compile(Files.readString(source), options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles source text. */
    public static Path compile(String source, String... options) {
        try {
            Files.createDirectories(OUTPUT);
            List<String> command = new ArrayList<>(
                    List.of("clang", "-target", "bpf", "-O2", "-g", "-Wall", "-I/usr/include/x86_64-linux-gnu"));
            command.addAll(List.of(options));
            command.add("-c");
            String name = digest(source + String.join(" ", options)).substring(0, 16);
            return compiled(source, name + ".bpf.c", name + ".bpf.o", command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles C for this machine; what comes back can be run. */
    public static Path compileProgram(String name, String source) {
        try {
            Files.createDirectories(OUTPUT);
            String unique = name + "-" + digest(source).substring(0, 16);
            return compiled(source, unique + ".c", unique, List.of("gcc", "-O2", "-Wall", "-Wextra", "-pthread"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles several C files to one program; headers are looked for beside each of them. */
    public static Path compileProgram(String name, List<Path> sources) {
        try {
            Files.createDirectories(OUTPUT);
            StringBuilder texts = new StringBuilder();
            List<String> command =
                    new ArrayList<>(List.of("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE"));
            for (Path source : sources) {
                texts.append(Files.readString(source));
                command.add("-iquote" + source.toAbsolutePath().getParent());
            }
            sources.forEach(s -> command.add(s.toString()));
            return compiled(name + "-" + digest(texts.toString()).substring(0, 16), command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path compiled(String source, String sourceName, String outputName, List<String> compiler)
            throws IOException {
        List<String> command = new ArrayList<>(compiler);
        if (!Files.exists(OUTPUT.resolve(outputName))) {
            command.add(Files.writeString(OUTPUT.resolve(sourceName), source).toString());
        }
        return compiled(outputName, command);
    }

    private static Path compiled(String outputName, List<String> compiler) throws IOException {
        Path output = OUTPUT.resolve(outputName);
        if (!Files.exists(output)) {
            Path unfinished = Files.createTempFile(OUTPUT, outputName, ".part");
            List<String> command = new ArrayList<>(compiler);
            command.addAll(List.of("-o", unfinished.toString()));
            Commands.run(command);
            Files.move(unfinished, output, StandardCopyOption.ATOMIC_MOVE);
        }
        return output;
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
