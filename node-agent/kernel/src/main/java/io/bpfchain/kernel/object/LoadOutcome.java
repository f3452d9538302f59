package io.bpfchain.kernel.object;

import java.util.Map;

/** What came of a load. */
public sealed interface LoadOutcome {
    /**
     * Everything is loaded and pinned.
     *
     * @param programIds kernel ids by function name
     * @param mapIds kernel ids by map name
     */
    record Loaded(Map<String, Integer> programIds, Map<String, Integer> mapIds) implements LoadOutcome {
        public Loaded {
            programIds = Map.copyOf(programIds);
            mapIds = Map.copyOf(mapIds);
        }
    }

    /** Nothing stayed behind. */
    record Refused(ObjectRefusal refusal) implements LoadOutcome {}
}
