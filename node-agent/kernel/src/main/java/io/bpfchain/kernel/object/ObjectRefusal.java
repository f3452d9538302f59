package io.bpfchain.kernel.object;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Why an object cannot be opened or loaded.
 *
 * @param message what was attempted, on what, and what came back; may have several lines
 * @param remedy a whole sentence
 * @param log the file that holds the full verifier or libbpf log, where there is one
 */
public record ObjectRefusal(Reason reason, String message, String remedy, Optional<Path> log) {
    /** For machines: CamelCase in outputs and conditions. */
    public enum Reason {
        NotAnObject,
        HelperCrashed,
        HelperStopped,
        HelperTimedOut,
        Unsupported,
        NoSuchFunction,
        WrongAttachType,
        VerifierRefusal,
        WritesReadOnlyMap,
        MissingBtf,
        License,
        NotPermitted,
        OutOfMemory,
        ProgramTypeUnsupported,
        Failed
    }
}
