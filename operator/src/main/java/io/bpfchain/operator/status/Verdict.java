package io.bpfchain.operator.status;

import io.bpfchain.crds.Condition;

/**
 * What a status says in one sentence.
 *
 * @param ready the status of {@code Ready}
 * @param movement which of the other conditions is True
 * @param reason one CamelCase word
 * @param message a whole sentence
 */
public record Verdict(Condition.Status ready, Movement movement, String reason, String message) {
    /** What GitOps tools want to know of an object that is not ready (kstatus). */
    public enum Movement {
        /** Nothing is going on. */
        None,
        /** It will change by itself, or when what it waits for comes. */
        Reconciling,
        /** It will not change until a person does something. */
        Stalled
    }

    /** The spec cannot be carried out as it is written. */
    public static Verdict invalidSpec(String message) {
        return new Verdict(Condition.Status.False, Movement.Stalled, "InvalidSpec", message);
    }

    /** Something that the spec names is not there yet. */
    public static Verdict sourceUnavailable(String message) {
        return new Verdict(Condition.Status.False, Movement.Reconciling, "SourceUnavailable", message);
    }
}
