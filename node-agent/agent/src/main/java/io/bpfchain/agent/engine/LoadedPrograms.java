package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.commit.Programs;
import io.bpfchain.agent.prepare.ResolvedChain;
import io.bpfchain.agent.prepare.Resolver;
import io.bpfchain.agent.prepare.Snapshot;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.StateException;
import io.bpfchain.agent.state.StoredRevision;
import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.PinnedInstance;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.EntryId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The programs of a session, and how one more is loaded while hooks are being changed. It is the same program from the stored revision
 * that the chain's journal names, over the same maps, so it may come in whatever the state of the hooks is. No journal needs to name
 * it: while a hook lists it its instance stays, and where the process dies before it is attached, nothing lists it and it goes.
 */
final class LoadedPrograms implements Programs {
    private final Session session;

    LoadedPrograms(Session session) {
        this.session = session;
    }

    @Override
    public List<EntryId> loaded(DesiredEntry entry) {
        return session.live().loaded(entry);
    }

    @Override
    public More another(DesiredEntry entry) {
        List<Problem> problems = new ArrayList<>();
        try {
            Optional<PinnedInstance> instance = load(entry, problems);
            return instance.isPresent()
                    ? new More.Loaded(instance.get().programs().getFirst().id())
                    : new More.Refused(problems.getFirst());
        } catch (StateException e) {
            return new More.Refused(e.problem());
        } catch (IOException e) {
            return new More.Refused(inputOutput(e));
        }
    }

    private Optional<PinnedInstance> load(DesiredEntry entry, List<Problem> problems) throws IOException {
        String name = entry.key().chain();
        Journal journal = session.state().journals().read(name).orElseThrow();
        StoredRevision revision = session.state().chains().require(name, journal.revision());
        Optional<ResolvedChain> chain = new Resolver(
                        session.inspections(), session.state().entries())
                .resolve(Snapshot.of(revision, revision.cause(), revision.manager()), problems);
        return chain.isEmpty()
                ? Optional.empty()
                : session.preparation().another(chain.get(), journal.uid(), entry, problems);
    }

    private Problem inputOutput(IOException e) {
        String bpffs = session.configuration().bpffs().toString();
        return new Problem(
                Problem.Kind.FAILED,
                "InputOutput",
                bpffs,
                "use " + bpffs + ": " + (e instanceof BpfException ? e.getMessage() : e.toString()),
                "Check that the BPF file system is mounted and writable; the next command finishes the work.");
    }
}
