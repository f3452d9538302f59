package io.bpfchain.kernel.object;

/** What came of opening an object. */
public sealed interface InspectOutcome {
    record Inspected(ObjectInfo object) implements InspectOutcome {}

    record Refused(ObjectRefusal refusal) implements InspectOutcome {}
}
