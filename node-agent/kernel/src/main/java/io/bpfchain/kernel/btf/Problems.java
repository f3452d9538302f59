package io.bpfchain.kernel.btf;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a value, so that all of it is reported together. */
final class Problems {
    private static final int MOST = 100;
    private final List<ValueProblem> found = new ArrayList<>();

    void add(String path, String message) {
        if (found.size() < MOST) {
            found.add(new ValueProblem(path, message));
        }
    }

    List<ValueProblem> list() {
        return List.copyOf(found);
    }
}
