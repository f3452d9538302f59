package io.bpfchain.agent.commit;

import io.bpfchain.agent.state.ChainStore;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.kernel.Identity;
import io.bpfchain.kernel.InstanceScan;
import io.bpfchain.kernel.PinnedInstance;
import io.bpfchain.kernel.PinnedInstance.PinnedProgram;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Kernel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds the instances that nothing needs: no journal names them and no hook that we know of lists them. An instance of a chain that
 * this state directory does not know is never garbage: its state may be lost, or be somewhere else.
 */
public final class Garbage {
    private final Kernel kernel;
    private final ChainStore chains;

    public Garbage(Kernel kernel, ChainStore chains) {
        this.kernel = kernel;
        this.chains = chains;
    }

    /**
     * Decides about every pinned instance; the ids of those that may go.
     *
     * @param broken pins that could not be read; what has one is left alone, because what it holds is not known
     * @param journals of all chains
     */
    public List<String> find(
            Collection<PinnedInstance> pinned, Collection<InstanceScan.Broken> broken, Collection<Journal> journals) {
        Set<Path> unknown = broken.stream().map(b -> b.path().getParent()).collect(Collectors.toSet());
        Set<String> named = named(journals);
        Map<String, Optional<Set<EntryId>>> attached = new HashMap<>();
        List<String> unneeded = new ArrayList<>();
        for (PinnedInstance instance : pinned) {
            if (unknown.contains(instance.directory()) || named.contains(instance.instance())) {
                continue;
            }
            if (instance.programs().isEmpty()) {
                unneeded.add(instance.instance());
                continue;
            }
            if (isStranger(instance)) {
                continue;
            }
            String chain = identity(instance).chain();
            Optional<Set<EntryId>> running = attached.computeIfAbsent(chain, c -> attached(c, journals));
            if (running.isPresent()
                    && instance.programs().stream().map(PinnedProgram::id).noneMatch(running.get()::contains)) {
                unneeded.add(instance.instance());
            }
        }
        return unneeded;
    }

    /** What is left alone because another state directory loaded it and no journal names it, as whole sentences. */
    public List<String> strangers(Collection<PinnedInstance> pinned, Collection<Journal> journals) {
        Set<String> named = named(journals);
        return pinned.stream()
                .filter(i -> !i.programs().isEmpty() && !named.contains(i.instance()) && isStranger(i))
                .map(this::stranger)
                .toList();
    }

    private String stranger(PinnedInstance instance) {
        String chain = identity(instance).chain();
        String what =
                "Instance " + instance.instance() + " of chain " + chain + " is pinned at " + instance.directory();
        return chains.current(chain).isEmpty()
                ? what
                        + ", but this state directory knows nothing of it; it is left alone. Apply the chain again to take"
                        + " it over, or remove the directory to let its programs go."
                : what
                        + ", and nothing here needs it any more; it is left alone, because another state directory loaded"
                        + " it. If that one is lost, remove the directory to let its programs go.";
    }

    private static Set<String> named(Collection<Journal> journals) {
        return journals.stream().flatMap(Journal::instances).collect(Collectors.toSet());
    }

    private boolean isStranger(PinnedInstance instance) {
        Identity identity = identity(instance);
        return !chains.knows(identity.chain(), identity.chainUid());
    }

    private static Identity identity(PinnedInstance instance) {
        return instance.programs().getFirst().identity();
    }

    /** Everything that the chain's hooks list; empty where one of them cannot be read, so that nothing can be concluded. */
    private Optional<Set<EntryId>> attached(String chain, Collection<Journal> journals) {
        Set<EntryId> ids = new HashSet<>();
        List<EntryId> latest = List.of();
        for (Journal journal : journals) {
            if (journal.chain().equals(chain)) {
                for (Kernel.ReadBack list :
                        kernel.readBackAll(Wanted.of(journal).all())) {
                    switch (list) {
                        case Kernel.ReadBack.Seen seen -> {
                            if (!seen.ids().equals(latest)) {
                                ids.addAll(seen.ids());
                                latest = seen.ids();
                            }
                        }
                        case Kernel.ReadBack.Failed failed -> {
                            if (!Executor.gone(failed.error())) {
                                return Optional.empty();
                            }
                        }
                    }
                }
            }
        }
        return Optional.of(ids);
    }
}
