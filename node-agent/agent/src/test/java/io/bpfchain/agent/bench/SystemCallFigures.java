package io.bpfchain.agent.bench;

import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.agent.commit.Executor;
import io.bpfchain.agent.commit.FixedPrograms;
import io.bpfchain.agent.commit.HookPlans;
import io.bpfchain.agent.commit.HookResult;
import io.bpfchain.planner.Capabilities;
import io.bpfchain.planner.DesiredHook;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.Planner;
import io.bpfchain.planner.Support;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** REPLACE through JNI, and the whole commit phase in a warm process, against the same calls in C. */
final class SystemCallFigures {
    private static final int BATCH = 1_000;
    private static final int WARM_UP = 30;
    private static final int BATCHES = 200;
    private static final int COMMITS = 40;

    private SystemCallFigures() {}

    /**
     * As chains are changed: many in one call, each read back. And one call for each, against C twice: as plain as it gets, and with a
     * second, sleeping thread. The kernel looks descriptors up more cheaply in a process with one thread (fdget() in fs/file.c), which a
     * JVM never is.
     */
    static List<Figure> replace(Path module) throws IOException {
        try (Lab lab = new Lab(1, 1);
                Baseline single = new Baseline(module);
                Baseline threaded = new Baseline(module)) {
            Hook hook = lab.hooks().getFirst();
            single.ask("setup " + lab.parent().child("single").directory() + " 1 1");
            threaded.ask("setup " + lab.parent().child("threaded").directory() + " 1 1");
            threaded.ask("thread");
            done(lab.kernel().attach(hook, lab.program(0, 1), new Kernel.Place.Tail(), OptionalLong.empty()));
            Kernel.Replacements batch = batch(lab.program(0, 1), lab.program(0, 2));
            List<LongSupplier> sides = List.of(
                    () -> replaceTogether(lab, hook, batch),
                    () -> single.nanoseconds("replace-and-read " + BATCH),
                    () -> replaceOneByOne(lab, hook),
                    () -> threaded.nanoseconds("replace " + BATCH),
                    () -> single.nanoseconds("replace " + BATCH));
            List<Samples> samples = inTurns(sides);
            done(lab.kernel().detach(hook, lab.program(0, 1), OptionalLong.empty()));
            single.ask("quit");
            threaded.ask("quit");
            String alone = "BPF_F_REPLACE through JNI, a call for each, against C with ";
            return List.of(
                    Figure.ratio(
                            "BPF_F_REPLACE through JNI, as chains are changed (1,000 in one call, each read back), against C",
                            samples.get(0),
                            samples.get(1),
                            1.15),
                    Figure.comparison(alone + "two threads", samples.get(2), samples.get(3)),
                    Figure.comparison(alone + "one thread", samples.get(2), samples.get(4)));
        }
    }

    /** Each side's time for one replacement. */
    private static List<Samples> inTurns(List<LongSupplier> sides) {
        List<List<Long>> times =
                sides.stream().<List<Long>>map(s -> new ArrayList<>()).toList();
        for (int round = -WARM_UP; round < BATCHES; round++) {
            for (int side = 0; side < sides.size(); side++) {
                long time = sides.get(side).getAsLong();
                if (round >= 0) {
                    times.get(side).add(time);
                }
            }
        }
        return times.stream().map(t -> Samples.of(t).per(BATCH)).toList();
    }

    /** From one to two and back, {@value #BATCH} times. */
    private static Kernel.Replacements batch(EntryId one, EntryId two) {
        List<Kernel.Replacement> steps = new ArrayList<>();
        List<List<EntryId>> lists = new ArrayList<>(List.of(List.of(one)));
        for (int i = 0; i < BATCH; i += 2) {
            steps.add(new Kernel.Replacement(one, two));
            steps.add(new Kernel.Replacement(two, one));
            lists.add(List.of(two));
            lists.add(List.of(one));
        }
        return new Kernel.Replacements(steps, lists);
    }

    private static long replaceTogether(Lab lab, Hook hook, Kernel.Replacements batch) {
        long begin = System.nanoTime();
        Kernel.Replaced replaced = lab.kernel().replaceAll(List.of(hook), batch).getFirst();
        long time = System.nanoTime() - begin;
        if (!replaced.whole()) {
            throw new IllegalStateException(replaced.toString());
        }
        return time;
    }

    private static long replaceOneByOne(Lab lab, Hook hook) {
        EntryId one = lab.program(0, 1);
        EntryId two = lab.program(0, 2);
        long begin = System.nanoTime();
        for (int i = 0; i < BATCH; i += 2) {
            done(lab.kernel().replace(hook, one, two, OptionalLong.empty()));
            done(lab.kernel().replace(hook, two, one, OptionalLong.empty()));
        }
        return System.nanoTime() - begin;
    }

    static Figure commit(Baseline baseline) throws IOException {
        try (Lab lab = new Lab(1_000, 10)) {
            baseline.ask("setup " + lab.parent().child("baseline").directory() + " 1000 10");
            Capabilities capabilities = new Capabilities(new Support.Supported(), new Support.Unsupported());
            Planner planner = new Planner();
            Executor executor =
                    new Executor(lab.kernel(), planner, capabilities, new FixedPrograms(lab::loads), Checkpoint.NONE);
            run(executor, plans(lab, planner, capabilities, 1));
            List<Long> ours = new ArrayList<>();
            List<Long> theirs = new ArrayList<>();
            for (int round = -8; round < COMMITS; round++) {
                HookPlans plans = plans(lab, planner, capabilities, round % 2 == 0 ? 2 : 1);
                long begin = System.nanoTime();
                run(executor, plans);
                long mine = System.nanoTime() - begin;
                long reference = baseline.nanoseconds("commit");
                if (round >= 0) {
                    ours.add(mine);
                    theirs.add(reference);
                }
            }
            baseline.ask("quit");
            return Figure.ratio(
                    "commit of 10 programs on 1,000 cgroups, every step read back, warm process",
                    Samples.of(ours),
                    Samples.of(theirs),
                    2.0);
        }
    }

    private static HookPlans plans(Lab lab, Planner planner, Capabilities capabilities, int version) {
        List<DesiredHook> desired = new ArrayList<>();
        for (Hook hook : lab.hooks()) {
            desired.add(lab.desired(hook, version));
        }
        return HookPlans.of(desired, lab.kernel(), planner, capabilities);
    }

    private static void run(Executor executor, HookPlans plans) {
        for (HookResult result : executor.run(plans.planned(), done -> {})) {
            if (!(result instanceof HookResult.Done)) {
                throw new IllegalStateException("not done: " + result.hook());
            }
        }
    }

    private static void done(Kernel.Outcome outcome) {
        if (outcome instanceof Kernel.Outcome.Failed(Kernel.KernelError error)) {
            throw new IllegalStateException(error.toString());
        }
    }
}
