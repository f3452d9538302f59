package io.bpfchain.kernel.btf;

import java.util.Objects;

/**
 * One value that cannot be used.
 *
 * @param path where it stands, as its reader would say: {@code config.ports[3]}, {@code list.txt:12}
 * @param message what is wrong and what would be right
 */
public record ValueProblem(String path, String message) {
    public ValueProblem {
        Objects.requireNonNull(path);
        Objects.requireNonNull(message);
    }

    @Override
    public String toString() {
        return path + ": " + message;
    }
}
