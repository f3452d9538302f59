package io.bpfchain.agent.prepare;

import io.bpfchain.kernel.object.InspectOutcome;
import io.bpfchain.kernel.object.LoadOutcome;
import io.bpfchain.kernel.object.LoadRequest;
import io.bpfchain.kernel.object.ObjectHelper;
import java.nio.file.Path;

/** Opens and loads objects outside of this process. */
public interface ObjectLoader {
    /** What is in an object. */
    InspectOutcome inspect(Path object);

    /** Loads and pins an instance. */
    LoadOutcome load(LoadRequest request);

    /** The helper process. */
    static ObjectLoader of(ObjectHelper helper) {
        return new ObjectLoader() {
            @Override
            public InspectOutcome inspect(Path object) {
                return helper.inspect(object);
            }

            @Override
            public LoadOutcome load(LoadRequest request) {
                return helper.load(request);
            }
        };
    }
}
