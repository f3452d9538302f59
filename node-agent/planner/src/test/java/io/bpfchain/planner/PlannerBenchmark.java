package io.bpfchain.planner;

import static io.bpfchain.planner.HookText.POSITIONS;
import static io.bpfchain.planner.HookText.observed;
import static io.bpfchain.planner.HookText.wanted;

import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** How long a plan takes for a list of 63 entries. A warm plan should take less than 100 microseconds. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class PlannerBenchmark {
    private final Planner planner = new Planner();
    private final ObservedHook running = observed(entries(0, 63, 1));
    private final DesiredHook same = wanted(OnUnsafe.REFUSE, entries(0, 63, 1));
    private final DesiredHook oneChanged =
            wanted(OnUnsafe.REFUSE, entries(0, 40, 1) + entries(40, 41, 2) + entries(41, 63, 1));
    private final DesiredHook allChanged = wanted(OnUnsafe.REFUSE, entries(0, 63, 2));
    private final DesiredHook mixed =
            wanted(OnUnsafe.REFUSE, entries(0, 20, 2) + "N1 " + entries(21, 50, 1) + "M1 L1 " + entries(52, 63, 2));
    private final DesiredHook reversedEnds =
            wanted(OnUnsafe.ALLOW_GAP, entries(62, 63, 1) + entries(1, 62, 1) + entries(0, 1, 1));

    private static String entries(int from, int to, int version) {
        return IntStream.range(from, to)
                .mapToObj(i -> "P" + (100 + i) + version + " ")
                .collect(Collectors.joining());
    }

    @Benchmark
    public PlanResult nothingDiffers() {
        return planner.plan(running, same, POSITIONS);
    }

    @Benchmark
    public PlanResult oneVersionChanged() {
        return planner.plan(running, oneChanged, POSITIONS);
    }

    @Benchmark
    public PlanResult everyVersionChanged() {
        return planner.plan(running, allChanged, POSITIONS);
    }

    @Benchmark
    public PlanResult someComeSomeGoSomeChange() {
        return planner.plan(running, mixed, POSITIONS);
    }

    @Benchmark
    public PlanResult firstAndLastChangePlaces() {
        return planner.plan(running, reversedEnds, POSITIONS);
    }

    /** Runs all of them and prints a table. */
    public static void main(String[] arguments) throws RunnerException {
        new Runner(new OptionsBuilder()
                        .include(PlannerBenchmark.class.getName())
                        .build())
                .run();
    }
}
