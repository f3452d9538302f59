package io.bpfchain.agent;

import java.util.List;
import java.util.OptionalLong;

/** The cgroup hierarchy with what runs where. */
public record Tree(String cgroupRoot, List<Node> nodes, List<String> warnings) {
    public Tree {
        nodes = List.copyOf(nodes);
        warnings = List.copyOf(warnings);
    }

    /** A cgroup that has programs, that lies above one that has, or that was asked for and inherits programs. */
    public record Node(String cgroup, long cgroupId, List<HookView> hooks) {
        public Node {
            hooks = List.copyOf(hooks);
        }
    }

    /**
     * One hook.
     *
     * @param mode {@code multi}, {@code override}, {@code none}
     * @param entries the cgroup's own list in order; empty where all that runs here is inherited
     * @param effective every program that runs for a task here, in the order in which they run, over all levels
     */
    public record HookView(String attachType, String mode, List<EntryView> entries, List<EntryView> effective) {
        public HookView {
            entries = List.copyOf(entries);
            effective = List.copyOf(effective);
        }
    }

    /**
     * One entry.
     *
     * @param owner {@code bpfchain} or {@code foreign}
     * @param chain and {@code program}: empty for foreign ones
     * @param from the path of the cgroup that it is attached to; empty where that lies outside of what can be looked at
     * @param held {@code program}, {@code link}, {@code unknown}
     * @param runs and {@code nanoseconds}: during the time of {@code --stats}
     */
    public record EntryView(
            int id,
            String name,
            String owner,
            String chain,
            String program,
            String version,
            String from,
            String held,
            OptionalLong runs,
            OptionalLong nanoseconds) {}
}
