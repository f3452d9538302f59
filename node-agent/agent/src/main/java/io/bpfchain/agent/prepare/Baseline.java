package io.bpfchain.agent.prepare;

import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.agent.state.Journal.JournalObject;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import java.util.Map;
import java.util.Optional;

/** What of an object is live before it is loaded: the maps that may be carried over. */
sealed interface Baseline {
    /** Nothing: the object is new here, or the machine was rebooted. */
    record Nothing() implements Baseline {}

    /**
     * The object runs already in this very version; only some functions are missing.
     *
     * @param maps the live maps by name
     */
    record Same(Map<String, PinnedMap> maps) implements Baseline {
        public Same {
            maps = Map.copyOf(maps);
        }
    }

    /**
     * Another version runs.
     *
     * @param object that version
     * @param maps the live maps by name
     */
    record Older(JournalObject object, Map<String, PinnedMap> maps) implements Baseline {
        public Older {
            maps = Map.copyOf(maps);
        }

        Optional<JournalMap> journalled(String map) {
            return object.maps().stream().filter(m -> m.name().equals(map)).findFirst();
        }
    }
}
