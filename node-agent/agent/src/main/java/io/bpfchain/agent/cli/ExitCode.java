package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.Problem;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What a command tells its caller. The numbers are part of the interface. */
enum ExitCode {
    /** What was asked for is done. */
    DONE(0),
    /** Something failed; what each hook runs now was printed. */
    FAILED(1),
    /** Wrong usage, or a file (a chain file, an object, a file of entries) that is missing or not valid; nothing was changed. */
    INVALID(2),
    /** The files are good, and the planner, the kernel or its verifier refuses, or what is named is not there; nothing was changed. */
    REFUSED(3),
    /** A privilege is missing. */
    NOT_PERMITTED(4);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static ExitCode of(ApplyOutcome outcome) {
        return switch (outcome) {
            case ApplyOutcome.Done done -> DONE;
            case ApplyOutcome.Refused refused -> of(refused.problems());
            case ApplyOutcome.Failed failed -> FAILED;
        };
    }

    /** Of several problems the one that the user has to solve first: the file, then privileges, then the machine. */
    static ExitCode of(List<Problem> problems) {
        Set<Problem.Kind> kinds = problems.stream().map(Problem::kind).collect(Collectors.toSet());
        if (kinds.contains(Problem.Kind.INVALID)) {
            return INVALID;
        }
        if (kinds.contains(Problem.Kind.NOT_PERMITTED)) {
            return NOT_PERMITTED;
        }
        return kinds.contains(Problem.Kind.FAILED) ? FAILED : REFUSED;
    }
}
