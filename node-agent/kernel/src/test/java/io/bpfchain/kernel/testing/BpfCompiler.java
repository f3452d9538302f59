package io.bpfchain.kernel.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Compiles BPF C with clang into {@code target/bpf}, once for each text. */
public final class BpfCompiler {
    private static final Path OUTPUT = Path.of("target", "bpf").toAbsolutePath();

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
            String name = digest(source + String.join(" ", options)).substring(0, 16);
            Path object = OUTPUT.resolve(name + ".bpf.o");
            if (!Files.exists(object)) {
                Path text = Files.writeString(OUTPUT.resolve(name + ".bpf.c"), source);
                Path unfinished = Files.createTempFile(OUTPUT, name, ".o");
                List<String> command = new ArrayList<>(List.of(
                        "clang", "-target", "bpf", "-O2", "-g", "-Wall", "-I/usr/include/" + "x86_64-linux-gnu"));
                command.addAll(List.of(options));
                command.addAll(List.of("-c", text.toString(), "-o", unfinished.toString()));
                Commands.run(command);
                Files.move(unfinished, object, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            }
            return object;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
