package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.crds.SourceSpec;
import io.bpfchain.kernel.object.ObjectRefusal;
import io.bpfchain.planner.DesiredEntry;
import java.nio.file.Path;

/** Refusals of the loader as problems of a chain: about the source that its author knows, not about the stored copy. */
final class LoadProblems {
    private LoadProblems() {}

    /**
     * A refusal of an object.
     *
     * @param stored where its bytes are kept
     */
    static Problem of(Snapshot snapshot, String object, Path stored, ObjectRefusal refusal) {
        String source = "object " + object + " (" + source(snapshot, object) + ")";
        String remedy = refusal.remedy().replace(stored.toString(), source);
        return new Problem(
                        kind(refusal.reason()),
                        refusal.reason().name(),
                        "chain " + snapshot.chain() + ", object " + object,
                        refusal.message().replace(stored.toString(), source),
                        refusal.log()
                                .map(log -> remedy + " The full log is in " + log + ".")
                                .orElse(remedy))
                .at(snapshot.at(snapshot.fieldOf(object)));
    }

    /** No load of this version is pinned any more, so a new one could not go on with its maps. */
    static Problem withoutMaps(DesiredEntry entry) {
        return new Problem(
                Problem.Kind.FAILED,
                "PinsLost",
                entry.key().toString(),
                "load " + entry.key() + " (" + entry.version()
                        + ") again: the pins of the load that runs are gone, and with them its maps, which a new load"
                        + " would not share",
                "Apply again as root with CAP_SYS_ADMIN: then what is attached is found by id and pinned again.");
    }

    private static String source(Snapshot snapshot, String object) {
        SourceSpec source = snapshot.spec().objects().stream()
                .filter(o -> o.name().equals(object))
                .findFirst()
                .orElseThrow()
                .source();
        if (source.file() != null) {
            return source.file().path();
        }
        return source.url() == null ? "of no source" : source.url().url();
    }

    private static Problem.Kind kind(ObjectRefusal.Reason reason) {
        return switch (reason) {
            case NotAnObject, NoSuchFunction, WrongAttachType, MissingBtf, Unsupported -> Problem.Kind.INVALID;
            case HelperCrashed, HelperStopped, VerifierRefusal, WritesReadOnlyMap, License, ProgramTypeUnsupported ->
                Problem.Kind.REFUSED;
            case NotPermitted -> Problem.Kind.NOT_PERMITTED;
            case HelperTimedOut, OutOfMemory, Failed -> Problem.Kind.FAILED;
        };
    }
}
