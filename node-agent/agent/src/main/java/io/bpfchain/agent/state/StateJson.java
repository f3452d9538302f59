package io.bpfchain.agent.state;

import io.bpfchain.agent.json.JsonForm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Values as JSON files, read strictly. */
final class StateJson {
    private StateJson() {}

    static <T> void write(Path file, JsonForm<T> form, T value) {
        DurableFiles.write(file, form.bytes(value));
    }

    /** The same for a file that a power failure may take. */
    static <T> void writeUnforced(Path file, JsonForm<T> form, T value) {
        DurableFiles.writeUnforced(file, form.bytes(value));
    }

    /** The value in a file, or empty where there is no such file. */
    static <T> Optional<T> read(Path file, JsonForm<T> form) {
        return DurableFiles.read(file).map(bytes -> parse(file, bytes, form));
    }

    private static <T> T parse(Path file, byte[] bytes, JsonForm<T> form) {
        try {
            return form.parse(bytes);
        } catch (IOException | IllegalArgumentException e) {
            throw StateException.corrupt(file, e);
        }
    }
}
