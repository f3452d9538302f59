package io.bpfchain.agent.prepare;

import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.agent.state.Journal.JournalObject;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The maps that chains of this machine share by name. Who uses one is told by the journals and by the pins of live instances, so
 * nothing is counted and no crash can make a count wrong.
 */
public final class SharedMaps {
    private final Map<String, List<User>> users = new HashMap<>();

    /** Looks at the journals of this boot. */
    public SharedMaps(Collection<Journal> journals, LiveInstances live) {
        for (Journal journal : journals) {
            journal.objects().forEach(o -> add(journal.chain(), o, live));
        }
    }

    /** What a chain shares now; replaces what it shared before. */
    void replace(String chain, Collection<JournalObject> objects, LiveInstances live) {
        users.values().forEach(list -> list.removeIf(u -> u.chain().equals(chain)));
        objects.forEach(o -> add(chain, o, live));
    }

    private void add(String chain, JournalObject object, LiveInstances live) {
        for (JournalMap map : object.maps()) {
            String name = map.sharedAs();
            Optional<PinnedMap> pinned = live.map(map.instance(), map.name());
            if (name != null && pinned.isPresent()) {
                users.computeIfAbsent(name, n -> new ArrayList<>())
                        .add(new User(chain, object.digest(), pinned.get(), Optional.ofNullable(map.entriesDigest())));
            }
        }
    }

    /** A user other than this chain. */
    Optional<User> other(String name, String chain) {
        return users.getOrDefault(name, List.of()).stream()
                .filter(u -> !u.chain().equals(chain))
                .findFirst();
    }

    /**
     * A live use of a shared map.
     *
     * @param object digest of the object that defines it
     * @param entries digest of the contents that this user declares
     */
    record User(String chain, String object, PinnedMap map, Optional<String> entries) {}
}
