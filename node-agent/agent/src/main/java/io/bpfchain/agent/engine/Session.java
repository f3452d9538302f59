package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.commit.Executor;
import io.bpfchain.agent.commit.Wanted;
import io.bpfchain.agent.prepare.Inspections;
import io.bpfchain.agent.prepare.Instances;
import io.bpfchain.agent.prepare.LiveInstances;
import io.bpfchain.agent.prepare.Preparation;
import io.bpfchain.agent.prepare.ResolvedChain;
import io.bpfchain.agent.prepare.Resolver;
import io.bpfchain.agent.prepare.SharedMaps;
import io.bpfchain.agent.prepare.Snapshot;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalRoot;
import io.bpfchain.agent.state.StateDirectory;
import io.bpfchain.agent.state.StateException;
import io.bpfchain.agent.state.StoredRevision;
import io.bpfchain.agent.view.HookChanges;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.kernel.InstanceScan;
import io.bpfchain.planner.Capabilities;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.Planner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one command sees of the machine, and works with. Closing lets go of all descriptors; they are opened again where the session is
 * used again. Not safe for several threads.
 */
final class Session implements AutoCloseable {
    private final HostConfiguration configuration;
    private final StateDirectory state;
    private final JournalRoot root;
    private final CgroupKernel kernel;
    private List<InstanceScan.Broken> broken;
    private final LiveInstances live;
    private final Inspections inspections;
    private final Planner planner = new Planner();
    private final Set<String> heldBack = new HashSet<>();
    private @Nullable Capabilities capabilities;

    /**
     * For one command.
     *
     * @param state for one that only reads, with what it fetches and inspects going to a directory of its own
     * @param inspected what earlier commands of this process found in objects
     */
    Session(HostConfiguration configuration, StateDirectory state, Inspections.Known inspected) throws IOException {
        this.configuration = configuration;
        this.state = state;
        this.root = rootOf(configuration.cgroups().root());
        this.kernel = new CgroupKernel(configuration.cgroups().root(), configuration.bpffs());
        InstanceScan.Result scan = kernel.rescan();
        this.broken = scan.broken();
        this.live = new LiveInstances(scan.instances());
        this.inspections = new Inspections(configuration.loader(), state.objects(), inspected);
    }

    private static JournalRoot rootOf(Path directory) throws IOException {
        return new JournalRoot(((Number) Files.getAttribute(directory, "unix:ino")).longValue(), directory.toString());
    }

    HostConfiguration configuration() {
        return configuration;
    }

    StateDirectory state() {
        return state;
    }

    /** The directory that cgroup paths are below. */
    JournalRoot root() {
        return root;
    }

    /**
     * Makes sure that what the journals name may be looked for here: a chain that was applied below another root is not gone because its
     * cgroups are missing below this one. Ids of cgroups are those of a boot, as are the hooks of a journal.
     */
    void requireSameRoot() {
        for (Journal journal : state.journals().all().values()) {
            JournalRoot applied = journal.root();
            if (journal.bootId().equals(state.bootId()) && applied.cgroupId() != root.cgroupId()) {
                throw StateException.otherRoot(
                        configuration.state(), journal.chain(), applied.directory(), root.directory());
            }
        }
    }

    CgroupKernel kernel() {
        return kernel;
    }

    LiveInstances live() {
        return live;
    }

    /** What could not be read of the pins. */
    List<InstanceScan.Broken> broken() {
        return broken;
    }

    Inspections inspections() {
        return inspections;
    }

    Planner planner() {
        return planner;
    }

    Capabilities capabilities() {
        if (capabilities == null) {
            capabilities = configuration.capabilities().get();
        }
        return capabilities;
    }

    Executor executor() {
        return new Executor(kernel, planner, capabilities(), new LoadedPrograms(this), configuration.checkpoint());
    }

    Preparation preparation() {
        return new Preparation(
                new Instances(
                        configuration.loader(), state, configuration.bpffs(), kernel, live, configuration.checkpoint()),
                inspections,
                live,
                new SharedMaps(state.journalsOfThisBoot(), live));
    }

    /** Journals of this boot whose programs are all loaded. */
    List<Journal> running(Collection<Journal> journals) {
        return journals.stream()
                .filter(j -> j.bootId().equals(state.bootId()))
                .filter(j -> j.desired().entries().stream().noneMatch(this::missing))
                .toList();
    }

    /**
     * Those of the running chains that a change is planned together with. One whose contents could not be brought about is not: it stays
     * as it is at every hook, because its new programs would run with what its maps happen to have.
     */
    List<Journal> plannedWith(Collection<Journal> journals) {
        return running(journals).stream()
                .filter(j -> !heldBack.contains(j.chain()))
                .toList();
    }

    /** Leaves a chain, of which an earlier change could not be finished, as it is for as long as this session lasts. */
    void holdBack(String chain) {
        heldBack.add(chain);
    }

    /** Work on hooks, after which "nothing was changed" can no longer be said. */
    interface Work {
        ApplyOutcome run() throws IOException;
    }

    /** Does such work; trouble with files becomes a failure that says what each hook runs now. */
    ApplyOutcome begun(Collection<Journal> journals, Work work) {
        try {
            return work.run();
        } catch (StateException e) {
            return failed(e.problem(), journals);
        } catch (IOException e) {
            return failed(
                    new Problem(
                            Problem.Kind.FAILED,
                            "InputOutput",
                            configuration.bpffs().toString(),
                            "use " + configuration.bpffs() + ": " + e,
                            "Check that the BPF file system is mounted and writable; the next command finishes the work."),
                    journals);
        }
    }

    /** A failure, with what each hook of these chains runs now. */
    ApplyOutcome failed(Problem problem, Collection<Journal> journals) {
        HookChanges changes = new HookChanges(kernel);
        return new ApplyOutcome.Failed(
                List.of(problem),
                journals.stream()
                        .flatMap(j -> Wanted.of(j).all().stream())
                        .distinct()
                        .map(changes::now)
                        .toList());
    }

    /** What a journal's revision says, with everything found out about its objects; adds to {@code problems} why it cannot be told. */
    Optional<ResolvedChain> resolved(Journal journal, List<Problem> problems) {
        StoredRevision revision = state.chains().require(journal.chain(), journal.revision());
        return new Resolver(inspections, state.entries())
                .resolve(Snapshot.of(revision, revision.cause(), revision.manager()), problems);
    }

    /** Who made what a chain runs. */
    String manager(Journal journal) {
        return state.chains().require(journal.chain(), journal.revision()).manager();
    }

    /** Whether a chain was loaded in this boot and its programs are not pinned any more. */
    boolean lost(Journal journal) {
        return journal.bootId().equals(state.bootId())
                && running(List.of(journal)).isEmpty();
    }

    /** Whether every instance that these journals name, as far as they are of this boot, was there when the pins were read. */
    boolean knows(Collection<Journal> journals) {
        return journals.stream()
                .filter(j -> j.bootId().equals(state.bootId()))
                .flatMap(Journal::instances)
                .allMatch(i -> live.find(i).isPresent());
    }

    /** Reads the pins again. */
    void rescan() throws IOException {
        InstanceScan.Result scan = kernel.rescan();
        broken = scan.broken();
        live.reset(scan.instances());
    }

    private boolean missing(DesiredEntry entry) {
        return live.loaded(entry).isEmpty();
    }

    @Override
    public void close() {
        kernel.close();
    }
}
