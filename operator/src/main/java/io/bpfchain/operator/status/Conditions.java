package io.bpfchain.operator.status;

import io.bpfchain.crds.Condition;
import io.bpfchain.crds.Condition.Status;
import io.bpfchain.operator.status.Verdict.Movement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Conditions as kstatus reads them: {@code Ready} always, {@code Reconciling} and {@code Stalled} only while they are True. */
public final class Conditions {
    public static final String READY = "Ready";
    public static final String RECONCILING = "Reconciling";
    public static final String STALLED = "Stalled";

    private Conditions() {}

    /**
     * The conditions that say a verdict.
     *
     * @param before the conditions so far: one that keeps its status keeps its time
     */
    public static List<Condition> of(Verdict verdict, List<Condition> before, long generation, Instant now) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(condition(READY, verdict.ready(), verdict, before, generation, now));
        if (verdict.movement() == Movement.Reconciling) {
            conditions.add(condition(RECONCILING, Status.True, verdict, before, generation, now));
        }
        if (verdict.movement() == Movement.Stalled) {
            conditions.add(condition(STALLED, Status.True, verdict, before, generation, now));
        }
        return List.copyOf(conditions);
    }

    private static Condition condition(
            String type, Status status, Verdict verdict, List<Condition> before, long generation, Instant now) {
        String since = before.stream()
                .filter(c -> c.type().equals(type) && c.status() == status)
                .map(Condition::lastTransitionTime)
                .findFirst()
                .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
        return new Condition(type, status, verdict.reason(), verdict.message(), since, generation);
    }
}
