package io.bpfchain.crds.file;

/**
 * One thing that is wrong with a chain file.
 *
 * @param file as the user named it; {@code <stdin>} for standard input
 * @param line 1-based; 0 where no line is known (an unreadable file)
 * @param fieldPath for example {@code spec.objects[0].source}; empty where the file is not YAML at all
 * @param message in the API server's words where it has words for it
 */
public record FileError(String file, int line, String fieldPath, String message) {
    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line : "") + ": " + (fieldPath.isEmpty() ? "" : fieldPath + ": ") + message;
    }
}
