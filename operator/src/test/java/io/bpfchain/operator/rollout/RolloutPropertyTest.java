package io.bpfchain.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.crds.RolloutSpec;
import io.bpfchain.operator.rollout.NodeView.Answer;
import io.bpfchain.operator.rollout.NodeView.Given;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random fleets through random days. {@code -Dbpfchain.seed=N} repeats a run. */
class RolloutPropertyTest {
    private static final int FLEETS = 100;
    private static final int STEPS = 300;

    private static final Fleet.Decider REAL =
            (spec, targets, nodes, now) -> Rollout.decide(spec, false, targets, nodes, now);

    private static long seed() {
        long seed = Long.getLong("bpfchain.seed", System.nanoTime());
        System.out.println("random fleets: repeat with -Dbpfchain.seed=" + seed);
        return seed;
    }

    @Test
    void neverMoreNodesAreInChangeThanTheRolloutAllows() {
        long seed = seed();
        int completed = 0;
        int full = 0;
        for (int i = 0; i < FLEETS; i++) {
            Fleet fleet = new Fleet(seed + i);
            for (int step = 0; step < STEPS; step++) {
                fleet.step(REAL);
                assertThat(fleet.inChange())
                        .as("-Dbpfchain.seed=%d, step %d", seed + i, step)
                        .isLessThanOrEqualTo(fleet.places);
                full += fleet.inChange() == fleet.places ? 1 : 0;
            }
            completed += fleet.completed;
        }
        System.out.println(completed + " rollouts completed, all places taken in " + full + " states");
        assertThat(completed).as("rollouts do come to their end").isGreaterThan(FLEETS / 4);
        assertThat(full).as("the limit is reached, so it is what bounds").isGreaterThan(FLEETS);
    }

    @Test
    void aDecisionThatDoesNotSeeNodesInChangeBreaksTheLimit() {
        long seed = seed();
        Fleet.Decider blind = (spec, targets, nodes, now) -> Rollout.decide(
                spec,
                false,
                targets,
                nodes.stream().map(RolloutPropertyTest::claimDone).toList(),
                now);
        int broken = 0;
        for (int i = 0; i < 20; i++) {
            Fleet fleet = new Fleet(seed + i);
            boolean over = false;
            for (int step = 0; step < STEPS; step++) {
                fleet.step(blind);
                over |= fleet.inChange() > fleet.places;
            }
            broken += over ? 1 : 0;
        }
        assertThat(broken).as("the property above can fail").isPositive();
    }

    @Test
    void noNodeBeginsAfterMoreHaveRefusedThanMay() {
        assertThat(begunAfterStop(REAL)).isZero();
        Fleet.Decider patient = (spec, targets, nodes, now) -> Rollout.decide(
                new RolloutSpec(spec.maxConcurrent(), 100, spec.nodeTimeout(), spec.paused()),
                false,
                targets,
                nodes,
                now);
        assertThat(begunAfterStop(patient)).as("the property can fail").isPositive();
    }

    private static long begunAfterStop(Fleet.Decider decider) {
        long seed = seed();
        long begun = 0;
        int stopped = 0;
        for (int i = 0; i < FLEETS; i++) {
            Fleet fleet = new Fleet(seed + i);
            for (int step = 0; step < STEPS; step++) {
                fleet.step(decider);
            }
            begun += fleet.begunAfterStop;
            stopped += fleet.stopped;
        }
        assertThat(stopped).as("rollouts do stop").isPositive();
        return begun;
    }

    private static NodeView claimDone(NodeView node) {
        Optional<Given> given = node.given()
                .map(g -> new Given(
                        g.assignment(), g.at(), g.answer().or(() -> Optional.of(new Answer(State.Running, "", "")))));
        return new NodeView(node.name(), node.ready(), node.readinessSince(), node.joined(), given);
    }

    @Test
    void theOrderInWhichNodesAreListedDoesNotMatter() {
        long seed = seed();
        Random random = new Random(seed);
        Fleet.Decider both = (spec, targets, nodes, now) -> {
            List<NodeView> shuffled = new ArrayList<>(nodes);
            Collections.shuffle(shuffled, random);
            Decision decision = Rollout.decide(spec, false, targets, nodes, now);
            assertThat(Rollout.decide(spec, false, targets, shuffled, now)).isEqualTo(decision);
            return decision;
        };
        Fleet fleet = new Fleet(seed);
        for (int step = 0; step < STEPS; step++) {
            fleet.step(both);
        }
        assertThat(fleet.begun).isPositive();
    }
}
