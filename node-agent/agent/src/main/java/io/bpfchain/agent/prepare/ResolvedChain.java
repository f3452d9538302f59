package io.bpfchain.agent.prepare;

import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.DesiredChain;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.OnUnsafe;
import io.bpfchain.planner.Version;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A chain as it is to be loaded: every name resolved, every version known, nothing loaded yet. */
public record ResolvedChain(
        Snapshot snapshot,
        AttachType attachType,
        int priority,
        OnUnsafe onUnsafe,
        List<ResolvedObject> objects,
        List<ResolvedProgram> programs) {
    public ResolvedChain {
        Objects.requireNonNull(snapshot);
        Objects.requireNonNull(attachType);
        Objects.requireNonNull(onUnsafe);
        objects = List.copyOf(objects);
        programs = List.copyOf(programs);
    }

    public String name() {
        return snapshot.chain();
    }

    /** The chain as the planner sees it. */
    public DesiredChain desired() {
        return new DesiredChain(
                name(), priority, onUnsafe, programs.stream().map(this::entry).toList());
    }

    /** One program as the planner sees it. */
    public DesiredEntry entry(ResolvedProgram program) {
        return new DesiredEntry(new EntryKey(name(), program.name()), program.version());
    }

    /** The programs that an object provides, in the chain's order. */
    public List<ResolvedProgram> programsOf(ResolvedObject object) {
        return programs.stream().filter(p -> p.object().equals(object.name())).toList();
    }

    /**
     * An object to load.
     *
     * @param digest of its stored bytes
     * @param version digest over everything that makes a loaded instance behave as it does, but the function
     * @param contents declared contents of its maps
     */
    public record ResolvedObject(
            String name, ObjectSpec spec, String digest, String version, List<DeclaredMap> contents) {
        public ResolvedObject {
            contents = List.copyOf(contents);
        }

        /** The declared contents of a map. */
        public Optional<DeclaredMap> declared(String map) {
            return contents.stream().filter(d -> d.spec().name().equals(map)).findFirst();
        }
    }

    /** A program at its place. */
    public record ResolvedProgram(String name, String object, String function, Version version) {}
}
