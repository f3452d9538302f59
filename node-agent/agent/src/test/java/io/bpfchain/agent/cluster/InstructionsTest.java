package io.bpfchain.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.cluster.ClusterApi.Identity;
import io.bpfchain.agent.cluster.ClusterApi.NodeObject;
import io.bpfchain.agent.cluster.Instructions.Decision;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstructionsTest {
    private static final Identity SELF = new Identity("cluster", "node");

    @Test
    void takesOutWhatACompleteSpecNoLongerLists() {
        NodeMemory before = follow(Optional.empty(), true, assignment("a", false), assignment("b", false));
        assertThat(before.leaving()).isEmpty();
        NodeMemory next = follow(Optional.of(before), true, assignment("a", false));
        assertThat(next.leaving()).containsExactly("b");
        assertThat(next.assigned()).containsOnlyKeys("a", "b"); // known until it is out
        assertThat(next.without("b").leaving()).isEmpty();
    }

    @Test
    void takesNothingOutForASpecThatIsNotComplete() {
        NodeMemory before = follow(Optional.empty(), true, assignment("a", false));
        NodeMemory next = follow(Optional.of(before), false);
        assertThat(next.leaving()).isEmpty();
        assertThat(next.assigned()).containsOnlyKeys("a");
    }

    @Test
    void takesNothingOutThatItWasNeverAssigned() {
        assertThat(follow(Optional.empty(), true).leaving()).isEmpty();
    }

    @Test
    void releasesWhatIsToBeRetained() {
        NodeMemory before = follow(Optional.empty(), true, assignment("a", true));
        NodeMemory released = follow(Optional.of(before), true);
        assertThat(released.leaving()).isEmpty();
        assertThat(released.released()).containsExactly("a");
        assertThat(released.assigned()).isEmpty();
        assertThat(follow(Optional.of(released), true, assignment("a", false)).released())
                .isEmpty();
    }

    @Test
    void takesOutAllThatItWasAssignedWhenItIsToldToAndKnowsItAgainAfterwards() {
        NodeMemory before = follow(Optional.empty(), true, assignment("a", false), assignment("kept", true));
        NodeMemory drained = follow(Optional.of(before), drained(false, assignment("a", false)));
        assertThat(drained.leaving()).containsExactly("a", "kept");
        NodeMemory empty = drained.without("a").without("kept");
        assertThat(follow(Optional.of(empty), drained(false, assignment("a", false))))
                .as("the same object seen again")
                .isEqualTo(empty);
        NodeMemory after = follow(Optional.of(empty), true, assignment("a", false));
        assertThat(after.leaving()).isEmpty();
        assertThat(after.assigned()).containsOnlyKeys("a");
    }

    @Test
    void forgetsThatAChainWasNotListedWhenItWasDrained() {
        NodeMemory before = follow(Optional.empty(), true, assignment("a", false));
        NodeMemory drained = follow(Optional.of(before), new NodeObject("new", 1, drained(false)));
        assertThat(drained.unlisted()).containsExactly("a");
        assertThat(drained.leaving()).containsExactly("a");
        assertThat(drained.without("a").unlisted()).isEmpty();
    }

    @Test
    void aDrainOfAnotherNodeIsIgnored() {
        NodeObject other = new NodeObject("uid", 1, new CgroupProgramNodeSpec("another", true, List.of(), true));
        assertThat(Instructions.decide(
                        Optional.of(follow(Optional.empty(), true, assignment("a", false))), other, SELF, "machine"))
                .isInstanceOf(Decision.Ignore.class);
    }

    private static CgroupProgramNodeSpec drained(boolean complete, Assignment... assignments) {
        return new CgroupProgramNodeSpec("node", complete, List.of(assignments), true);
    }

    @Test
    void ignoresAnObjectOfAnotherNode() {
        NodeObject other = new NodeObject("uid", 1, new CgroupProgramNodeSpec("another", true, List.of()));
        assertThat(Instructions.decide(Optional.empty(), other, SELF, "machine"))
                .isInstanceOfSatisfying(
                        Decision.Ignore.class, i -> assertThat(i.why()).contains("another", "node"));
    }

    @Test
    void knowsNothingOfWhatAnotherClusterAssigned() {
        NodeMemory before = follow(Optional.empty(), true, assignment("a", false));
        NodeObject object = new NodeObject("uid", 1, new CgroupProgramNodeSpec("node", true, List.of()));
        assertThat(Instructions.decide(Optional.of(before), object, new Identity("new", "node"), "machine"))
                .isInstanceOfSatisfying(
                        Decision.Follow.class,
                        f -> assertThat(f.memory().assigned()).isEmpty());
    }

    @Test
    void remembersOnDiskForTheSameMachineAlone(@TempDir Path directory) {
        MemoryFile file = new MemoryFile(directory.resolve("cluster/memory.json"));
        assertThat(file.read("machine")).isEqualTo(new MemoryFile.Memory.None());
        NodeMemory memory = follow(
                        Optional.empty(),
                        true,
                        assignment("a", true),
                        new Assignment("b", 7, digest(2), false, List.of("X")))
                .running(Map.of("a", digest(1)));
        file.write(memory);
        assertThat(file.read("machine")).isEqualTo(new MemoryFile.Memory.Known(memory));
        assertThat(file.read("other")).isInstanceOf(MemoryFile.Memory.Refused.class);
        NodeMemory drained = follow(Optional.of(memory), drained(true, assignment("a", true)));
        file.write(drained);
        assertThat(file.read("machine")).isEqualTo(new MemoryFile.Memory.Known(drained));
    }

    @Test
    void takesNothingOutForAnObjectThatWasMadeAnewUntilItHasListedIt() {
        NodeMemory before = follow(Optional.empty(), true, assignment("a", false), assignment("b", true));
        NodeMemory anew = follow(before, "new", 1);
        assertThat(anew.leaving()).isEmpty();
        assertThat(anew.released()).isEmpty();
        assertThat(anew.assigned()).containsOnlyKeys("a", "b");
        assertThat(follow(anew, "new", 2).leaving()).isEmpty();

        NodeMemory listed = follow(anew, "new", 3, assignment("a", false));
        assertThat(follow(listed, "new", 4).leaving()).containsExactly("a");
    }

    @Test
    void takesNothingOutForAnObjectThatWasSetBack() {
        NodeMemory before = follow(follow(Optional.empty(), true), "uid", 7, assignment("a", false));
        NodeMemory back = follow(before, "uid", 6);
        assertThat(back.leaving()).isEmpty();
        assertThat(follow(back, "uid", 7).leaving()).isEmpty();
        assertThat(follow(before, "uid", 7).leaving())
                .as("set back, and written again before this was seen")
                .isEmpty();
        assertThat(follow(before, "uid", 8).leaving()).containsExactly("a");
    }

    private static NodeMemory follow(NodeMemory before, String uid, long generation, Assignment... assignments) {
        return follow(
                Optional.of(before),
                new NodeObject(uid, generation, new CgroupProgramNodeSpec("node", true, List.of(assignments))));
    }

    private static NodeMemory follow(Optional<NodeMemory> before, boolean complete, Assignment... assignments) {
        return follow(before, new CgroupProgramNodeSpec("node", complete, List.of(assignments)));
    }

    private static NodeMemory follow(Optional<NodeMemory> before, CgroupProgramNodeSpec spec) {
        long generation = before.map(m -> m.spec().equals(spec) ? m.generation() : m.generation() + 1)
                .orElse(1L);
        return follow(before, new NodeObject("uid", generation, spec));
    }

    private static NodeMemory follow(Optional<NodeMemory> before, NodeObject object) {
        return ((Decision.Follow) Instructions.decide(before, object, SELF, "machine")).memory();
    }

    private static Assignment assignment(String chain, boolean retain) {
        return new Assignment(chain, 1, digest(1), retain, List.of());
    }

    private static String digest(int number) {
        return "sha256:" + Integer.toString(number).repeat(64);
    }
}
