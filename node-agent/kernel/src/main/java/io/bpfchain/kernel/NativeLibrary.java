package io.bpfchain.kernel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the native half lies: {@code libbpfchain.so} and what comes with it, in the directory that the system property
 * {@value #PROPERTY} names. Directories carry the architecture in their name, and only {@code linux-x86_64} is built.
 */
public final class NativeLibrary {
    /** The system property with the directory. */
    public static final String PROPERTY = "bpfchain.native.dir";

    private static final String FILE = "libbpfchain.so";

    private NativeLibrary() {}

    /**
     * Why the library cannot be loaded here, as whole sentences for people; empty when it can. Nothing is loaded, so a program
     * can ask this first instead of dying in a class initializer.
     */
    public static Optional<String> problem() {
        String system = System.getProperty("os.name", "");
        String architecture = System.getProperty("os.arch", "");
        if (!system.equals("Linux") || !architecture.equals("amd64")) {
            return Optional.of("bpfchain runs on Linux on x86-64; this is " + system + " on " + architecture + ".");
        }
        String directory = System.getProperty(PROPERTY);
        if (directory == null) {
            return Optional.of("The system property " + PROPERTY + " is not set. It must name the directory with "
                    + FILE + "; bin/bpfchain sets it.");
        }
        Path file = Path.of(directory, FILE);
        if (!Files.isReadable(file)) {
            return Optional.of("The native library " + file
                    + " is missing or unreadable. Install bpfchain again, or build it with" + " \"make build\".");
        }
        return Optional.empty();
    }

    /**
     * The directory with the native library and the helper program.
     *
     * @throws UnsatisfiedLinkError with {@link #problem()} when there is one
     */
    public static Path directory() {
        problem().ifPresent(message -> {
            throw new UnsatisfiedLinkError(message);
        });
        return Path.of(System.getProperty(PROPERTY)).toAbsolutePath();
    }

    @SuppressWarnings("restricted") // System.load is what this class is for; the launcher grants it.
    static void load() {
        System.load(directory().resolve(FILE).toString());
    }
}
