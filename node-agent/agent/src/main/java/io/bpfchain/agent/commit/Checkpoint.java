package io.bpfchain.agent.commit;

/**
 * Told between any two steps that change something outside the process. In production nobody listens; the crash test kills its own
 * process at each of them.
 */
@FunctionalInterface
public interface Checkpoint {
    Checkpoint NONE = point -> {};

    /**
     * One more step is behind or before.
     *
     * @param point what was just done or is about to be done, for example {@code journal-written}
     */
    void reached(String point);
}
