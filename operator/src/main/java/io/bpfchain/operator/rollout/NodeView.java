package io.bpfchain.operator.rollout;

import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of one chain on one selected node.
 *
 * @param ready whether the Node is Ready
 * @param readinessSince since when {@code ready} is as it is
 * @param joined since when the node is selected, for all that is known: at the earliest its creation
 * @param given the newest assignment of the chain, decided or already in the node's object
 * @param full whether the node has none and as many of other chains as it may have
 */
public record NodeView(
        String name, boolean ready, Instant readinessSince, Instant joined, Optional<Given> given, boolean full) {
    /** Of a node that may be given the chain. */
    public NodeView(String name, boolean ready, Instant readinessSince, Instant joined, Optional<Given> given) {
        this(name, ready, readinessSince, joined, given, false);
    }

    /**
     * An assignment.
     *
     * @param at when it was decided, or first seen by this process
     * @param answer what the node's agent reports about exactly this assignment
     */
    public record Given(Assignment assignment, Instant at, Optional<Answer> answer) {}

    /** A report of the node's agent. */
    public record Answer(State state, String reason, String message) {
        /** Whether the node has finished, one way or the other. */
        boolean done() {
            return switch (state) {
                case Running, Refused -> true;
                case Failed -> false;
            };
        }
    }

    boolean holds(Assignment revision) {
        return given.filter(g -> Targets.same(g.assignment(), revision)).isPresent();
    }

    Optional<Answer> answer() {
        return given.flatMap(Given::answer);
    }

    /**
     * Until when the node holds a place of the rollout, if it does: it was given something that it did not finish, and it has the
     * timeout to do so, anew when it becomes Ready or NotReady.
     */
    Optional<Instant> placeUntil(Duration timeout) {
        return given.filter(g -> g.answer().filter(Answer::done).isEmpty())
                .map(g -> (g.at().isAfter(readinessSince) ? g.at() : readinessSince).plus(timeout));
    }

    /** Whether the node holds a place now. */
    boolean inChange(Duration timeout, Instant now) {
        return placeUntil(timeout).filter(now::isBefore).isPresent();
    }
}
