package io.bpfchain.agent.bench;

import java.util.Locale;

/**
 * One measured line.
 *
 * @param what was measured
 * @param ours and {@code baseline}: for people, with units
 * @param result the ratio or the difference, for people
 * @param bound what was set as the goal
 * @param met whether the goal was reached in this run
 */
record Figure(String what, String ours, String baseline, String result, String bound, boolean met) {
    static Figure ratio(String what, Samples ours, Samples baseline, double bound) {
        double ratio = (double) ours.median() / baseline.median();
        return new Figure(
                what,
                text(ours),
                text(baseline),
                String.format(Locale.ROOT, "%.2fx", ratio),
                String.format(Locale.ROOT, "at most %.2fx", bound),
                ratio <= bound);
    }

    /** A ratio without a goal. */
    static Figure comparison(String what, Samples ours, Samples baseline) {
        Figure figure = ratio(what, ours, baseline, Double.MAX_VALUE);
        return new Figure(what, figure.ours, figure.baseline, figure.result, "(to compare)", true);
    }

    static Figure difference(String what, Samples ours, Samples baseline, long boundNanoseconds) {
        long difference = ours.median() - baseline.median();
        return new Figure(
                what,
                text(ours),
                text(baseline),
                "+ " + duration(difference),
                "at most + " + duration(boundNanoseconds),
                difference <= boundNanoseconds);
    }

    static Figure absolute(String what, Samples ours, long boundNanoseconds) {
        return new Figure(
                what,
                text(ours),
                "",
                duration(ours.median()),
                "at most " + duration(boundNanoseconds),
                ours.median() <= boundNanoseconds);
    }

    static String text(Samples samples) {
        return duration(samples.median()) + " (p99 " + duration(samples.p99()) + ")";
    }

    static String duration(long nanoseconds) {
        if (Math.abs(nanoseconds) < 10_000) {
            return nanoseconds + " ns";
        }
        if (Math.abs(nanoseconds) < 10_000_000) {
            return String.format(Locale.ROOT, "%.1f us", nanoseconds / 1e3);
        }
        return String.format(Locale.ROOT, "%.0f ms", nanoseconds / 1e6);
    }

    String row() {
        return "| " + what + " | " + ours + " | " + baseline + " | " + result + " | " + bound + " | "
                + (met ? "yes" : "**no**") + " |";
    }
}
