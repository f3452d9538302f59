package io.bpfchain.kernel.testing.traffic;

import io.bpfchain.kernel.testing.Commands;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What numbered packets met, by the digits that programs appended, in the order in which they ran.
 *
 * @param packets how many packets have each trace, for example {@code 123}; the empty trace met no program
 */
public record Traces(Map<String, Long> packets) {
    public Traces {
        packets = Map.copyOf(packets);
    }

    /** Reads the traces of these numbers from the pinned map {@code trace}. */
    public static Traces read(Path pin, long first, long count) {
        String text = Commands.run(CProgram.command(
                "traffic", List.of("histogram", pin.toString(), Long.toString(first), Long.toString(count))));
        Map<String, Long> packets = new TreeMap<>();
        text.lines()
                .map(line -> line.split(" "))
                .forEach(f -> packets.put(f[0].equals("0") ? "" : f[0], Long.parseLong(f[1])));
        return new Traces(packets);
    }

    /** Forgets everything that was recorded. */
    public static void reset(Path pin) {
        Commands.run(CProgram.command("traffic", List.of("reset", pin.toString())));
    }

    public long total() {
        return packets.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many packets have one of these traces. */
    public long having(Collection<String> traces) {
        return traces.stream().mapToLong(t -> packets.getOrDefault(t, 0L)).sum();
    }

    /**
     * Compares every packet with the traces that are right: the whole old chain or the whole new one. A packet may be counted
     * under several headings.
     */
    public Findings against(Collection<String> right) {
        long missed = 0;
        long doubled = 0;
        long disordered = 0;
        for (Map.Entry<String, Long> trace : packets.entrySet()) {
            if (!right.contains(trace.getKey())) {
                String order = firstVisits(trace.getKey());
                missed += missesOne(order, right) ? trace.getValue() : 0;
                doubled += order.length() < trace.getKey().length() ? trace.getValue() : 0;
                disordered += right.stream().noneMatch(r -> isSubsequence(order, r)) ? trace.getValue() : 0;
            }
        }
        return new Findings(total(), total() - having(right), missed, doubled, disordered);
    }

    /** Whether a digit is absent that every right trace has. */
    private static boolean missesOne(String trace, Collection<String> right) {
        String any = right.iterator().next();
        return any.chars()
                .filter(digit -> right.stream().allMatch(r -> r.indexOf(digit) >= 0))
                .anyMatch(digit -> trace.indexOf(digit) < 0);
    }

    private static String firstVisits(String trace) {
        StringBuilder order = new StringBuilder();
        trace.chars().distinct().forEach(digit -> order.append((char) digit));
        return order.toString();
    }

    private static boolean isSubsequence(String part, String whole) {
        int from = 0;
        for (int i = 0; i < part.length(); i++) {
            from = whole.indexOf(part.charAt(i), from) + 1;
            if (from == 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * What is wrong with packets.
     *
     * @param wrong how many packets have another trace than a right one
     * @param missed of these: without a program that both chains contain
     * @param doubled of these: twice through a program
     * @param disordered of these: through programs in another order
     */
    public record Findings(long packets, long wrong, long missed, long doubled, long disordered) {
        /** Both together. */
        public Findings plus(Findings more) {
            return new Findings(
                    packets + more.packets,
                    wrong + more.wrong,
                    missed + more.missed,
                    doubled + more.doubled,
                    disordered + more.disordered);
        }
    }
}
