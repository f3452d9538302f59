package io.bpfchain.kernel.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What people need from a verifier log ({@code kernel/bpf/verifier.c}): the first line that is neither a trace of an instruction nor of a
 * register, the source line before it, and the end.
 */
record VerifierLog(
        Optional<String> error, Optional<String> source, List<String> lastLines, Optional<String> processed) {
    private static final int LAST_LINES = 6;

    /** Lines that the verifier writes on its way, whatever the verdict. */
    private static final Pattern TRACE = Pattern.compile(
            "\\s*|\\d+: .*|;.*|from \\d+ to \\d+.*|func#\\d+ .*|[ ]?R\\d+.*=.*"
                    + "|\\s*frame\\d+:.*|last_idx .*|first_idx .*|regs=.*|parent .*|mark_precise: .*|propagating .*|caller:|callee:"
                    + "|returning from callee:|to caller at \\d+:|Validating .*|Func#\\d+ .*|arg#\\d+ .*|processed \\d+ insns.*"
                    + "|verification time .*|stack depth .*|reg type unsupported for arg#.*|-- .*|live regs.*|Live regs.*|\\s+\\d+: .*|insn \\d+ cannot be patched.*");

    private static final Pattern PROCESSED = Pattern.compile("processed (\\d+) insns.*");
    private static final Pattern MAP = Pattern.compile("map=([A-Za-z0-9_.]+)");

    VerifierLog {
        lastLines = List.copyOf(lastLines);
    }

    static VerifierLog parse(String log) {
        Optional<String> error = Optional.empty();
        Optional<String> source = Optional.empty();
        Optional<String> processed = Optional.empty();
        List<String> lines = log.lines().filter(l -> !l.isBlank()).toList();
        for (String line : lines) {
            Matcher count = PROCESSED.matcher(line);
            if (count.matches()) {
                processed = Optional.of(count.group(1));
            } else if (error.isEmpty() && line.startsWith("; ")) {
                source = Optional.of(line.substring(2).strip());
            } else if (error.isEmpty() && !TRACE.matcher(line).matches()) {
                error = Optional.of(line.strip());
            }
        }
        return new VerifierLog(
                error, source, lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()), processed);
    }

    boolean mentions(String text) {
        return error.filter(e -> e.contains(text)).isPresent()
                || lastLines.stream().anyMatch(l -> l.contains(text));
    }

    /** Kernel names (15 characters) of the maps in the last lines, the last first. */
    List<String> mapsMentioned() {
        List<String> maps = new ArrayList<>();
        for (String line : lastLines.reversed()) {
            MAP.matcher(line).results().map(r -> r.group(1)).forEach(maps::add);
        }
        return maps;
    }

    /** For people, several lines. */
    String summary() {
        StringBuilder text = new StringBuilder();
        error.ifPresent(e -> text.append("\n  error: ").append(e));
        source.ifPresent(s -> text.append("\n  source: ").append(s));
        text.append("\n  the log ends:");
        lastLines.forEach(l -> text.append("\n    ").append(l));
        processed.ifPresent(p -> text.append("\n  instructions processed: ").append(p));
        return text.toString();
    }
}
