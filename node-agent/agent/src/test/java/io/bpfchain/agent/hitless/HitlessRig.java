package io.bpfchain.agent.hitless;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.agent.commit.Executor;
import io.bpfchain.agent.commit.FixedPrograms;
import io.bpfchain.agent.commit.HookResult;
import io.bpfchain.agent.commit.PlannedHook;
import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.BpffsSearch;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.kernel.Identity;
import io.bpfchain.kernel.KernelFeatures;
import io.bpfchain.kernel.PinnedInstance;
import io.bpfchain.kernel.PinnedInstance.PinnedProgram;
import io.bpfchain.kernel.btf.Globals;
import io.bpfchain.kernel.object.InspectOutcome;
import io.bpfchain.kernel.object.LoadOutcome;
import io.bpfchain.kernel.object.LoadRequest;
import io.bpfchain.kernel.object.LoadRequest.FunctionLoad;
import io.bpfchain.kernel.object.LoadRequest.How;
import io.bpfchain.kernel.object.LoadRequest.MapLoad;
import io.bpfchain.kernel.object.ObjectHelper;
import io.bpfchain.kernel.object.ObjectInfo;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.kernel.testing.traffic.Tracer;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Capabilities;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.DesiredChain;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.DesiredHook;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.ObservedHook;
import io.bpfchain.planner.OnUnsafe;
import io.bpfchain.planner.PlanResult;
import io.bpfchain.planner.Planner;
import io.bpfchain.planner.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The real planner, executor and kernel for one chain of tracer programs at one hook. Loading is done before, so that updates follow
 * each other as fast as they can. Several rigs, also of several processes, may share a cgroup and a bpffs.
 */
final class HitlessRig implements AutoCloseable {
    /** Where numbered packets go. */
    static final int PORT = 40_300;

    private static final AttachType EGRESS = AttachType.CGROUP_INET_EGRESS;

    private final String chain;
    private final int priority;
    private final Hook hook;
    private final Bpffs bpffs;
    private final CgroupKernel kernel;
    private final ObjectHelper helper = new ObjectHelper();
    private final ObjectInfo object;
    private final Planner planner = new Planner();
    private final Capabilities capabilities = KernelFeatures.capabilities();
    private final Map<DesiredEntry, EntryId> loaded = new HashMap<>();
    private final Map<String, PinnedInstance> instances = new HashMap<>();
    private final Executor executor;

    HitlessRig(String chain, int priority, Cgroup cgroup, Path bpffsMount) {
        this.chain = chain;
        this.priority = priority;
        this.hook = new Hook(cgroup, EGRESS);
        this.bpffs = ((BpffsSearch.Result.Found) BpffsSearch.find(Optional.of(bpffsMount))).bpffs();
        this.kernel = new CgroupKernel(TestCgroup.mount(), bpffs);
        this.object = ((InspectOutcome.Inspected) helper.inspect(Tracer.object())).object();
        this.executor = new Executor(
                kernel, planner, capabilities, new FixedPrograms(entry -> List.of(id(entry))), Checkpoint.NONE);
    }

    /** Whether the kernel can insert before and after an entry; others can only append. */
    boolean positions() {
        return capabilities.positions().usable();
    }

    /** The pin of the map {@code trace} of an instance. */
    Path tracePin(String instance) {
        return bpffs.instanceDirectory(instance).resolve(Bpffs.mapPin("trace"));
    }

    /**
     * Loads one instance with a program for each digit.
     *
     * @param instance its id; also what makes its version another one
     * @param maps whose instance's maps it goes on with; empty: it gets new ones
     * @return what to want, in the order of the digits
     */
    List<DesiredEntry> load(String instance, int generation, Optional<String> maps, int... digits) {
        Path staging = bpffs.stagingDirectory(instance);
        List<FunctionLoad> functions = Arrays.stream(digits)
                .mapToObj(d -> new FunctionLoad(
                        Tracer.function(d),
                        EGRESS.programType().code(),
                        EGRESS.code(),
                        identity(d, instance).encode(),
                        Bpffs.programPin("p" + d)))
                .toList();
        List<MapLoad> mapLoads = new ArrayList<>();
        mapLoads.add(
                new MapLoad(".rodata", Bpffs.mapPin(".rodata"), new How.Create(0, Optional.of(rodata(generation)))));
        for (String map : List.of("trace", "counted")) {
            How how = maps.<How>map(
                            m -> new How.Reuse(bpffs.instanceDirectory(m).resolve(Bpffs.mapPin(map))))
                    .orElseGet(() -> new How.Create(0, Optional.empty()));
            mapLoads.add(new MapLoad(map, Bpffs.mapPin(map), how));
        }
        try {
            bpffs.createRoot();
            LoadOutcome outcome =
                    helper.load(new LoadRequest(Tracer.object(), staging, Path.of("target"), functions, mapLoads));
            assertThat(outcome).isInstanceOf(LoadOutcome.Loaded.class);
            return register(instance, bpffs.publish(instance), (LoadOutcome.Loaded) outcome, digits);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] rodata(int generation) {
        Globals.Outcome outcome = Globals.encode(
                object, Map.of("port", IntNode.valueOf(PORT), "generation", IntNode.valueOf(generation)));
        byte[] value = ((Globals.Outcome.Encoded) outcome).sections().get(".rodata");
        return value == null ? new byte[0] : value;
    }

    private List<DesiredEntry> register(String instance, Path directory, LoadOutcome.Loaded outcome, int... digits)
            throws IOException {
        List<PinnedProgram> programs = new ArrayList<>();
        List<DesiredEntry> entries = new ArrayList<>();
        for (int digit : digits) {
            Integer number = outcome.programIds().get(Tracer.function(digit));
            EntryId id = new EntryId(number == null ? 0 : number);
            programs.add(new PinnedProgram(Bpffs.programPin("p" + digit), id, identity(digit, instance)));
            DesiredEntry entry = new DesiredEntry(new EntryKey(chain, "p" + digit), version(digit, instance));
            loaded.put(entry, id);
            entries.add(entry);
        }
        PinnedInstance pinned = new PinnedInstance(instance, directory, programs, List.of());
        kernel.register(pinned);
        instances.put(instance, pinned);
        return entries;
    }

    /** Lets go of an instance that the hook does not run any more. */
    void unload(String instance) {
        PinnedInstance gone = Optional.ofNullable(instances.remove(instance)).orElseThrow();
        kernel.forget(gone);
        try {
            bpffs.remove(instance);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Identity identity(int digit, String instance) {
        return new Identity(
                "",
                chain,
                "p" + digit,
                "tracer",
                Tracer.function(digit),
                version(digit, instance),
                instance,
                EGRESS.code(),
                "");
    }

    private static Version version(int digit, String instance) {
        return new Version(instance + "-" + digit);
    }

    EntryId id(DesiredEntry entry) {
        EntryId id = loaded.get(entry);
        if (id == null) {
            throw new IllegalStateException(entry + " is not loaded");
        }
        return id;
    }

    /** Makes the hook run these entries of the chain, in this order, through the planner and the executor. */
    void update(List<DesiredEntry> entries) {
        HookResult done = tryUpdate(entries);
        if (!(done instanceof HookResult.Done)) {
            throw new AssertionError(done);
        }
    }

    /**
     * The same while somebody else changes the same list without a pause and without a lock: the executor gives up after a number of
     * attempts, and is asked again.
     */
    void updateAmongOthers(List<DesiredEntry> entries) {
        HookResult result;
        do {
            result = tryUpdate(entries);
        } while (result instanceof HookResult.Failed failed
                && failed.problem().reason().equals("ListKeptChanging"));
        if (!(result instanceof HookResult.Done)) {
            throw new AssertionError(result);
        }
    }

    private HookResult tryUpdate(List<DesiredEntry> entries) {
        ObservedHook observed = observe();
        DesiredHook desired = desired(entries);
        PlanResult result = planner.plan(observed, desired, capabilities);
        if (!(result instanceof PlanResult.Plan plan)) {
            throw new AssertionError(result);
        }
        if (!plan.hitless()) {
            throw new AssertionError("the plan is not hitless: " + plan);
        }
        return executor.run(List.of(new PlannedHook(observed, desired, plan)), done -> {})
                .getFirst();
    }

    /** What the planner says about wanting these entries now. */
    PlanResult plan(List<DesiredEntry> entries) {
        return planner.plan(observe(), desired(entries), capabilities);
    }

    private ObservedHook observe() {
        Kernel.Observation observation = kernel.observe(hook);
        if (!(observation instanceof Kernel.Observation.Seen seen)) {
            throw new AssertionError(observation);
        }
        return seen.hook();
    }

    private DesiredHook desired(List<DesiredEntry> entries) {
        return new DesiredHook(hook, List.of(new DesiredChain(chain, priority, OnUnsafe.REFUSE, entries)), Set.of());
    }

    /** The naive update: the old program out, the new one in. */
    void detachThenAttach(DesiredEntry old, DesiredEntry by) {
        done(kernel.detach(hook, id(old), OptionalLong.empty()));
        done(kernel.attach(hook, id(by), new Kernel.Place.Tail(), OptionalLong.empty()));
    }

    /** The other naive update: the new program in, the old one out. */
    void attachThenDetach(DesiredEntry old, DesiredEntry by) {
        done(kernel.attach(hook, id(by), new Kernel.Place.Tail(), OptionalLong.empty()));
        done(kernel.detach(hook, id(old), OptionalLong.empty()));
    }

    private static void done(Kernel.Outcome outcome) {
        if (!(outcome instanceof Kernel.Outcome.Done)) {
            throw new AssertionError(outcome);
        }
    }

    @Override
    public void close() {
        kernel.close();
    }
}
