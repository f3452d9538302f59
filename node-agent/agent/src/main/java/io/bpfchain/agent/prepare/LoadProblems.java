package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.kernel.object.ObjectRefusal;

/** Refusals of the loader as problems of a chain. */
final class LoadProblems {
    private LoadProblems() {}

    static Problem of(String chain, String object, ObjectRefusal refusal) {
        return new Problem(
                kind(refusal.reason()),
                refusal.reason().name(),
                "chain " + chain + ", object " + object,
                refusal.message(),
                refusal.log()
                        .map(log -> refusal.remedy() + " The full log is in " + log + ".")
                        .orElse(refusal.remedy()));
    }

    private static Problem.Kind kind(ObjectRefusal.Reason reason) {
        return switch (reason) {
            case NotAnObject, NoSuchFunction, WrongAttachType, MissingBtf, Unsupported -> Problem.Kind.INVALID;
            case HelperCrashed, VerifierRefusal, WritesReadOnlyMap, License, ProgramTypeUnsupported ->
                Problem.Kind.REFUSED;
            case NotPermitted -> Problem.Kind.NOT_PERMITTED;
            case HelperTimedOut, OutOfMemory, Failed -> Problem.Kind.FAILED;
        };
    }
}
