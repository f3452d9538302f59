package io.bpfchain.agent.doctor;

import java.util.List;

/** Everything that was looked at, in the order in which it is shown. */
public record Diagnosis(List<Check> checks) {
    public Diagnosis {
        checks = List.copyOf(checks);
    }

    /** Whether everything that is required is there. What could not be found out is not there. */
    public boolean canWork() {
        return checks.stream().noneMatch(c -> c.required() && c.state() != Check.State.OK);
    }
}
