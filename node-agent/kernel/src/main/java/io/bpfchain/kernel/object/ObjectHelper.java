package io.bpfchain.kernel.object;

import java.nio.file.Path;

/** Runs the native helper process: one short life for each object. */
public final class ObjectHelper {
    /** Opens an object in a helper process and says what is in it. */
    public InspectOutcome inspect(Path object) {
        throw new UnsupportedOperationException();
    }

    /** Loads and pins an instance in a helper process. */
    public LoadOutcome load(LoadRequest request) {
        throw new UnsupportedOperationException();
    }
}
