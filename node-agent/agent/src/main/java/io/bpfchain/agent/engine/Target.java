package io.bpfchain.agent.engine;

import io.bpfchain.agent.commit.Wanted;
import io.bpfchain.agent.prepare.PreparedChain;
import io.bpfchain.agent.prepare.ResolvedChain;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalHook;
import io.bpfchain.agent.state.Journal.JournalRoot;
import io.bpfchain.agent.state.StoredRevision;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.Hook;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One chain of a change with what is known of it.
 *
 * @param before its journal of this boot, also one of a deletion that was not finished
 * @param settled whether the work of that journal is done
 * @param revision the number that it gets, or has where its content is the same
 * @param newContent whether that revision is still to be written
 * @param sequence of its next journal
 * @param created when the chain was made; empty where this makes it
 */
record Target(
        ResolvedChain chain,
        List<Cgroup> cgroups,
        Optional<Journal> before,
        boolean settled,
        int revision,
        boolean newContent,
        long sequence,
        Optional<Instant> created) {
    Target {
        Objects.requireNonNull(chain);
        cgroups = List.copyOf(cgroups);
        Objects.requireNonNull(before);
        Objects.requireNonNull(created);
    }

    List<Hook> hooks() {
        return cgroups.stream().map(c -> new Hook(c, chain.attachType())).toList();
    }

    /** Where it runs now, or may run because an earlier change was cut off, and shall not any more. */
    List<Hook> leaving() {
        if (settled && sameHooksInOrder()) {
            return List.of();
        }
        Set<Hook> staying = new HashSet<>(hooks());
        return before.map(Wanted::of).stream()
                .flatMap(w -> (settled ? w.hooks() : w.all()).stream())
                .filter(h -> !staying.contains(h))
                .toList();
    }

    Wanted wanted() {
        return new Wanted(chain.desired(), hooks(), leaving());
    }

    /** Whether it runs already, and at the same hooks. */
    boolean runsThere() {
        return settled && (sameHooksInOrder() || Set.copyOf(hooksBefore()).equals(Set.copyOf(hooks())));
    }

    /** Whether the machine was not told to run it before this change, or was told to delete it. */
    boolean isNew() {
        return before.filter(j -> !j.retired()).isEmpty();
    }

    /** The frequent case, told without a set of them. */
    private boolean sameHooksInOrder() {
        return before.isPresent()
                && before.get().hooks().size() == cgroups.size()
                && before.get().hooks().equals(journalHooks());
    }

    private List<Hook> hooksBefore() {
        return before.map(j -> Wanted.of(j).hooks()).orElse(List.of());
    }

    private List<JournalHook> journalHooks() {
        return hooks().stream().map(JournalHook::of).toList();
    }

    StoredRevision stored(Instant at) {
        return new StoredRevision(
                chain.name(),
                revision,
                chain.snapshot().digest(),
                chain.snapshot().spec(),
                chain.snapshot().objects(),
                chain.snapshot().cause(),
                at,
                chain.snapshot().manager(),
                created.orElse(at));
    }

    Journal journal(PreparedChain prepared, String uid, String bootId, JournalRoot root) {
        return new Journal(
                chain.name(),
                uid,
                sequence,
                revision,
                bootId,
                root,
                chain.attachType(),
                chain.priority(),
                chain.onUnsafe(),
                prepared.entries(),
                prepared.objects(),
                journalHooks(),
                leaving().stream().map(JournalHook::of).toList(),
                prepared.copies(),
                false);
    }
}
