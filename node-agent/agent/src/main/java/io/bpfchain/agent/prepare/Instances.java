package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedProgram;
import io.bpfchain.agent.state.StateDirectory;
import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.kernel.Identity;
import io.bpfchain.kernel.PinnedInstance;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import io.bpfchain.kernel.PinnedInstance.PinnedProgram;
import io.bpfchain.kernel.object.LoadOutcome;
import io.bpfchain.kernel.object.LoadRequest;
import io.bpfchain.kernel.object.LoadRequest.FunctionLoad;
import io.bpfchain.kernel.object.LoadRequest.MapLoad;
import io.bpfchain.planner.EntryId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * Makes instances: loads, fills new maps with their declared contents, and only then publishes the pins under the instance's id. So a
 * published instance is always complete, and one that is not published is swept away by whoever starts next.
 */
public final class Instances {
    private final ObjectLoader loader;
    private final StateDirectory state;
    private final Bpffs bpffs;
    private final CgroupKernel kernel;
    private final LiveInstances live;
    private final Checkpoint checkpoint;
    private final SecureRandom random = new SecureRandom();

    /** Works on one machine. */
    public Instances(
            ObjectLoader loader,
            StateDirectory state,
            Bpffs bpffs,
            CgroupKernel kernel,
            LiveInstances live,
            Checkpoint checkpoint) {
        this.loader = loader;
        this.state = state;
        this.bpffs = bpffs;
        this.kernel = kernel;
        this.live = live;
        this.checkpoint = checkpoint;
    }

    /**
     * A load that has begun.
     *
     * @param instance the id that it gets
     * @param outcome of the helper process
     */
    record Begun(InstanceLoad load, String instance, LoadRequest request, Future<LoadOutcome> outcome) {}

    /** Begins; the helper process runs where {@code by} lets it run. */
    Begun begin(InstanceLoad load, Executor by) {
        String instance = HexFormat.of().formatHex(random(8));
        LoadRequest request = new LoadRequest(
                state.objects().sound(load.object().digest()),
                bpffs.stagingDirectory(instance),
                state.logs(),
                load.programs().stream().map(p -> function(load, p, instance)).toList(),
                load.maps().stream()
                        .map(m -> new MapLoad(m.map(), Bpffs.mapPin(m.map()), m.how()))
                        .toList());
        checkpoint.reached("before-load");
        FutureTask<LoadOutcome> outcome = new FutureTask<>(() -> loader.load(request));
        by.execute(outcome);
        return new Begun(load, instance, request, outcome);
    }

    /** Finishes; adds to {@code problems} why it could not be loaded, and is empty then. */
    Optional<PinnedInstance> finish(Begun begun, List<Problem> problems) throws IOException {
        InstanceLoad load = begun.load();
        return switch (outcome(begun)) {
            case LoadOutcome.Refused refused -> {
                problems.add(LoadProblems.of(
                        load.chain().snapshot(),
                        load.object().name(),
                        begun.request().object(),
                        refused.refusal()));
                yield Optional.empty();
            }
            case LoadOutcome.Loaded loaded -> complete(begun, loaded, problems);
        };
    }

    private static LoadOutcome outcome(Begun begun) {
        try {
            return begun.outcome().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the wait for a load was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("loading " + begun.request().object(), e.getCause());
        }
    }

    private Optional<PinnedInstance> complete(Begun begun, LoadOutcome.Loaded loaded, List<Problem> problems)
            throws IOException {
        checkpoint.reached("loaded");
        if (!fill(begun.load(), begun.request().pinDirectory(), problems)) {
            bpffs.abandon(begun.instance());
            return Optional.empty();
        }
        checkpoint.reached("filled");
        PinnedInstance pinned = publish(begun.load(), begun.instance(), loaded);
        checkpoint.reached("published");
        return Optional.of(pinned);
    }

    /** Takes back a load that has begun and that nobody finishes; returns when its process is gone. */
    void abandon(Begun begun) throws IOException {
        outcome(begun);
        bpffs.abandon(begun.instance());
    }

    /** Takes back what was loaded for a change that is not made after all. */
    void drop(List<PinnedInstance> loaded) throws IOException {
        for (PinnedInstance instance : loaded) {
            kernel.forget(instance);
            live.remove(instance.instance());
            bpffs.remove(instance.instance());
        }
    }

    private boolean fill(InstanceLoad load, Path staging, List<Problem> problems) {
        for (MapChoice map : load.maps()) {
            if (map.fill().isPresent()) {
                Optional<Problem> problem = map.fill().get().fill(staging.resolve(Bpffs.mapPin(map.map())));
                if (problem.isPresent()) {
                    problems.add(problem.get());
                    return false;
                }
            }
        }
        return true;
    }

    private PinnedInstance publish(InstanceLoad load, String instance, LoadOutcome.Loaded loaded) throws IOException {
        Path directory = bpffs.publish(instance);
        List<PinnedProgram> programs = new ArrayList<>();
        for (ResolvedProgram program : load.programs()) {
            programs.add(new PinnedProgram(
                    Bpffs.programPin(program.name()),
                    new EntryId(required(loaded.programIds(), program.function())),
                    identity(load, program, instance)));
        }
        List<PinnedMap> maps = new ArrayList<>();
        for (MapChoice map : load.maps()) {
            maps.add(new PinnedMap(
                    map.map(), required(loaded.mapIds(), map.map()), directory.resolve(Bpffs.mapPin(map.map()))));
        }
        PinnedInstance pinned = new PinnedInstance(instance, directory, programs, maps);
        kernel.register(pinned);
        live.add(pinned);
        return pinned;
    }

    private static int required(Map<String, Integer> ids, String name) {
        Integer id = ids.get(name);
        if (id == null) {
            throw new IllegalStateException("the load did not say the id of " + name);
        }
        return id;
    }

    private static FunctionLoad function(InstanceLoad load, ResolvedProgram program, String instance) {
        return new FunctionLoad(
                program.function(),
                load.chain().attachType().programType().code(),
                load.chain().attachType().code(),
                identity(load, program, instance).encode(),
                Bpffs.programPin(program.name()));
    }

    private static Identity identity(InstanceLoad load, ResolvedProgram program, String instance) {
        return new Identity(
                load.uid(),
                load.chain().name(),
                program.name(),
                load.object().name(),
                program.function(),
                program.version(),
                instance,
                load.chain().attachType().code(),
                load.object().digest());
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
