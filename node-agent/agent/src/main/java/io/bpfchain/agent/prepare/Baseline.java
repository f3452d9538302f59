package io.bpfchain.agent.prepare;

import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.agent.state.Journal.JournalObject;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What of an object is live before it is loaded: the maps that may be carried over. */
sealed interface Baseline {
    /** Whether a map is live, for all that the journal says, and its pin is gone. */
    boolean lost(String map);

    /** Nothing: the object is new here, or the machine was rebooted. */
    record Nothing() implements Baseline {
        @Override
        public boolean lost(String map) {
            return false;
        }
    }

    /**
     * The object runs already in this very version; only some functions are missing.
     *
     * @param maps the live maps by name
     * @param lost names of live maps without a pin
     */
    record Same(Map<String, PinnedMap> maps, Set<String> lost) implements Baseline {
        public Same {
            maps = Map.copyOf(maps);
            lost = Set.copyOf(lost);
        }

        @Override
        public boolean lost(String map) {
            return lost.contains(map);
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

        @Override
        public boolean lost(String map) {
            return journalled(map).isPresent() && !maps.containsKey(map);
        }

        Optional<JournalMap> journalled(String map) {
            return object.maps().stream().filter(m -> m.name().equals(map)).findFirst();
        }
    }
}
