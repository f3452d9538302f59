package io.bpfchain.agent.state;

import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.DesiredChain;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.OnUnsafe;
import io.bpfchain.planner.Version;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the hooks of one chain shall run. It is durable before the first attachment is touched, so whoever starts next can finish the
 * work: everything that it names is loaded and pinned by then. It stays when the work is done, as what drift is measured against.
 *
 * @param uid of the chain on this machine
 * @param sequence counts the journals of the chain; the work of this one is done when the chain store says so of this number
 * @param revision that the hooks shall run; the chain's current one only once the work is done
 * @param bootId of the boot in which the instances were loaded; in another boot nothing of it is left in the kernel
 * @param root that the paths of its hooks are below
 * @param entries in order
 * @param hooks where the chain runs
 * @param leaving where it ran before and shall be taken out
 * @param copies instances that were loaded a second time, because a list cannot hold one program twice
 * @param retired the chain is being deleted: it is taken out everywhere, and then the journal goes
 */
public record Journal(
        String chain,
        String uid,
        long sequence,
        int revision,
        String bootId,
        JournalRoot root,
        AttachType attachType,
        int priority,
        OnUnsafe onUnsafe,
        List<JournalEntry> entries,
        List<JournalObject> objects,
        List<JournalHook> hooks,
        List<JournalHook> leaving,
        List<String> copies,
        boolean retired) {
    public Journal {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(uid);
        Objects.requireNonNull(bootId);
        Objects.requireNonNull(root);
        Objects.requireNonNull(attachType);
        Objects.requireNonNull(onUnsafe);
        entries = List.copyOf(entries);
        objects = List.copyOf(objects);
        hooks = List.copyOf(hooks);
        leaving = List.copyOf(leaving);
        copies = List.copyOf(copies);
    }

    /**
     * The directory that the paths of hooks are below. A cgroup that is missing below another one may well be there.
     *
     * @param cgroupId which the directory has in every mount that shows it
     * @param directory where it was found
     */
    public record JournalRoot(long cgroupId, String directory) {
        public JournalRoot {
            Objects.requireNonNull(directory);
        }
    }

    /** One program at its place. */
    public record JournalEntry(String program, String object, String function, String version, String instance) {}

    /**
     * One object as it is loaded.
     *
     * @param digest of its bytes
     * @param version digest over everything but the function
     */
    public record JournalObject(String name, String digest, String version, List<JournalMap> maps) {
        public JournalObject {
            maps = List.copyOf(maps);
        }
    }

    /**
     * One live map.
     *
     * @param instance an instance that has it pinned
     * @param sharedAs the host-wide name, where it is shared
     * @param entriesDigest of the declared contents, null where they are the program's own business
     * @param entries how many are declared, -1 where none are
     * @param readOnly whether programs may only read it (BPF_F_RDONLY_PROG)
     * @param stablePin whether it also has a stable path
     */
    public record JournalMap(
            String name,
            String instance,
            @Nullable String sharedAs,
            @Nullable String entriesDigest,
            int entries,
            boolean readOnly,
            boolean stablePin) {}

    /** A hook as the journal names it: by cgroup id; the path says where it was found. */
    public record JournalHook(long cgroupId, String path, AttachType attachType) {
        public static JournalHook of(Hook hook) {
            return new JournalHook(hook.cgroup().id(), hook.cgroup().path(), hook.attachType());
        }

        public Hook hook() {
            return new Hook(new Cgroup(cgroupId, path), attachType);
        }
    }

    /** The chain as the planner sees it. */
    public DesiredChain desired() {
        return new DesiredChain(
                chain,
                priority,
                onUnsafe,
                entries.stream()
                        .map(e -> new DesiredEntry(new EntryKey(chain, e.program()), new Version(e.version())))
                        .toList());
    }

    /** The next journal of the same chain: the same work at other hooks. */
    public Journal at(List<JournalHook> newHooks, List<JournalHook> newLeaving) {
        return new Journal(
                chain,
                uid,
                sequence + 1,
                revision,
                bootId,
                root,
                attachType,
                priority,
                onUnsafe,
                entries,
                objects,
                newHooks,
                without(newLeaving, newHooks),
                copies,
                retired);
    }

    /** This journal with other hooks, which were brought to what it says: its work is as much done as it was. */
    public Journal reaching(List<JournalHook> newHooks) {
        return new Journal(
                chain,
                uid,
                sequence,
                revision,
                bootId,
                root,
                attachType,
                priority,
                onUnsafe,
                entries,
                objects,
                newHooks,
                without(leaving, newHooks),
                copies,
                retired);
    }

    /** A hook that the chain comes back to is none that it leaves. */
    private static List<JournalHook> without(List<JournalHook> leaving, List<JournalHook> hooks) {
        Set<JournalHook> staying = leaving.isEmpty() ? Set.of() : new HashSet<>(hooks);
        return leaving.stream().filter(h -> !staying.contains(h)).toList();
    }

    /** The next journal of the same chain: it is being deleted. */
    public Journal retiring() {
        return new Journal(
                chain,
                uid,
                sequence + 1,
                revision,
                bootId,
                root,
                attachType,
                priority,
                onUnsafe,
                entries,
                objects,
                hooks,
                leaving,
                copies,
                true);
    }

    /** The object with this name, as it is loaded. */
    public Optional<JournalObject> object(String name) {
        return objects.stream().filter(o -> o.name().equals(name)).findFirst();
    }

    /** Whether it names this instance. */
    public boolean names(String instance) {
        return instances().anyMatch(instance::equals);
    }

    /** Every instance that it names, some more than once. */
    public Stream<String> instances() {
        return Stream.of(
                        entries.stream().map(JournalEntry::instance),
                        copies.stream(),
                        objects.stream().flatMap(o -> o.maps().stream()).map(JournalMap::instance))
                .flatMap(Function.identity());
    }
}
