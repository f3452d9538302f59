package io.bpfchain.kernel.testing.traffic;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * {@link Traces} for scripts: {@code Count PIN FIRST COUNT RIGHT...} compares these numbered packets with the traces that are right and
 * prints, in one line, {@code packets}, {@code wrong}, {@code missed}, {@code doubled} and {@code disordered}, as
 * {@link Traces.Findings} has them; then each wrong trace and how many packets have it.
 */
final class Count {
    private Count() {}

    public static void main(String[] arguments) {
        Traces traces = Traces.read(Path.of(arguments[0]), Long.parseLong(arguments[1]), Long.parseLong(arguments[2]));
        List<String> right = Arrays.asList(arguments).subList(3, arguments.length);
        Traces.Findings found = traces.against(right);
        System.out.printf(
                "%d %d %d %d %d%n",
                found.packets(), found.wrong(), found.missed(), found.doubled(), found.disordered());
        traces.packets().entrySet().stream()
                .filter(trace -> !right.contains(trace.getKey()))
                .forEach(trace -> System.out.printf("%s %d%n", trace.getKey(), trace.getValue()));
    }
}
