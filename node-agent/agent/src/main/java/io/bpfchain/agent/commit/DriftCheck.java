package io.bpfchain.agent.commit;

import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalEntry;
import io.bpfchain.agent.state.Journal.JournalHook;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.kernel.Identity;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Compares a hook with what the journals want of it, with one query. Foreign entries are nobody's drift. */
public final class DriftCheck {
    private final CgroupKernel kernel;

    public DriftCheck(CgroupKernel kernel) {
        this.kernel = kernel;
    }

    /** What a hook runs, compared. */
    public sealed interface Result {
        /** The entries of these chains are there, in their versions and their order. */
        record Same() implements Result {}

        /** Something is missing, of another version, out of order, or there and not wanted. */
        record Drifted() implements Result {}

        /** The cgroup is not there any more. */
        record Gone() implements Result {}

        /** The list cannot be read. */
        record Unreadable(Kernel.KernelError error) implements Result {}
    }

    /**
     * Compares one hook.
     *
     * @param journals of the chains that are looked at; entries of other chains do not count
     */
    public Result of(Hook hook, Collection<Journal> journals) {
        return switch (kernel.readBack(hook)) {
            case Kernel.ReadBack.Failed failed when Executor.gone(failed.error()) -> new Result.Gone();
            case Kernel.ReadBack.Failed failed -> new Result.Unreadable(failed.error());
            case Kernel.ReadBack.Seen seen ->
                running(seen.ids(), journals).equals(wanted(hook, journals)) ? new Result.Same() : new Result.Drifted();
        };
    }

    /** Names of the chains at hooks that do not run what these journals want together, sorted. */
    public List<String> drifted(Collection<Journal> journals) {
        Map<Hook, List<Journal>> hooks = new HashMap<>();
        for (Journal journal : journals) {
            journal.hooks()
                    .forEach(h -> hooks.computeIfAbsent(h.hook(), k -> new ArrayList<>())
                            .add(journal));
        }
        Set<String> drifted = new TreeSet<>();
        hooks.forEach((hook, here) -> {
            if (of(hook, here) instanceof Result.Drifted) {
                here.forEach(j -> drifted.add(j.chain()));
            }
        });
        return List.copyOf(drifted);
    }

    private record Running(EntryKey key, Version version) {}

    private List<Running> running(List<EntryId> ids, Collection<Journal> journals) {
        Set<String> chains = new HashSet<>();
        journals.forEach(j -> chains.add(j.chain()));
        List<Running> running = new ArrayList<>();
        for (EntryId id : ids) {
            Optional<Identity> identity = kernel.identity(id);
            if (identity.isPresent() && chains.contains(identity.get().chain())) {
                running.add(new Running(identity.get().key(), identity.get().version()));
            }
        }
        return running;
    }

    private static List<Running> wanted(Hook hook, Collection<Journal> journals) {
        List<Running> wanted = new ArrayList<>();
        JournalHook here = JournalHook.of(hook);
        journals.stream()
                .filter(j -> !j.retired() && j.hooks().contains(here))
                .sorted(Comparator.comparingInt(Journal::priority).thenComparing(Journal::chain))
                .forEach(j -> {
                    for (JournalEntry entry : j.entries()) {
                        wanted.add(new Running(new EntryKey(j.chain(), entry.program()), new Version(entry.version())));
                    }
                });
        return wanted;
    }
}
