package io.bpfchain.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.agent.cli.CommandResult;
import io.bpfchain.agent.engine.Chains;
import io.bpfchain.agent.engine.TestHost;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.SourceSpec;
import io.bpfchain.crds.revision.Ability;
import io.bpfchain.crds.testing.TestCluster;
import io.bpfchain.crds.testing.WithTestCluster;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code kubectl bpfchain} with a real API server and a real agent on a real kernel; the operator is played by the test. */
@ExtendWith(WithTestCluster.class)
class FleetIT {
    private static final String SERVICE = "{path: /svc}";
    private static final String FIRST = "programs: [{name: first, function: first}]\n";
    private static final String BOTH = "programs: [{name: first, function: first}, {name: second, function: second}]\n";

    @TempDir
    Path directory;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private TestHost machine;
    private ClusterLab lab;
    private TestCluster cluster;
    private TestAgent agent;
    private FleetLine kubectl;
    private TestCgroup service;
    private String chain;

    @BeforeEach
    void open(TestCluster cluster) throws IOException {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
        Awaitility.setDefaultPollInterval(Duration.ofMillis(20));
        machine = new TestHost(directory.resolve("state"));
        closing.add(machine);
        service = machine.cgroup().child("svc");
        lab = new ClusterLab(cluster.client());
        closing.add(lab);
        this.cluster = cluster;
        agent = start();
        closing.add(() -> agent.close());
        kubectl = new FleetLine(cluster, lab.name());
        chain = lab.name();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : closing.reversed()) {
            one.close();
        }
        Awaitility.reset();
    }

    @Test
    void showsChainsRevisionsAndWhatTheAgentReadFromTheKernel() throws IOException {
        Assignment one = lab.publish(chain, 1, SERVICE, Chains.object(1), FIRST);
        lab.chain(chain, SERVICE, FIRST, one);
        lab.assign(one);
        lab.awaitState(one, State.Running);

        assertThat(kubectl.run("status").out()).containsPattern(chain + " +True +Complete +1/1 +1 ");
        assertThat(kubectl.run("status " + chain).out())
                .containsPattern(lab.name() + " +Running +1 +sha256:\\w{12} +1 +\\d+s ago");
        assertThat(kubectl.run("history " + chain).out()).containsPattern("1 +\\d+s +sha256:\\w{12} +target, current");
        assertThat(kubectl.run("history " + chain + " --revision 1 -o json").out())
                .contains(one.digest())
                .contains("\"function\": \"first\"");
        CommandResult tree = kubectl.run("tree " + lab.name());
        assertThat(tree.out()).contains("[cgroup_inet_egress]").contains("1. " + chain + "/first");
        assertThat(tree.err()).isEmpty();
        assertThat(kubectl.run("diff " + chain).out()).contains(lab.name() + ": no change");
        assertThat(kubectl.run("status nosuch").code()).isEqualTo(3);
    }

    @Test
    void saysWhatAFileWouldChangeOnEachNodeAndChangesNothing() throws IOException {
        Assignment one = lab.publish(chain, 1, SERVICE, Chains.object(1), FIRST);
        lab.chain(chain, SERVICE, FIRST, one);
        lab.assign(one);
        lab.awaitState(one, State.Running);
        String before = lab.chainVersion(chain);
        Path file = Files.writeString(directory.resolve("chain.yaml"), lab.yaml(chain, SERVICE, BOTH));

        CommandResult diff = kubectl.run("diff -f " + file);

        assertThat(diff.code()).as(diff.err()).isZero();
        assertThat(diff.out()).contains("runs revision 1").contains("+ programs[second]");
        assertThat(diff.err())
                .contains("Applying it ends in a conflict unless it is forced")
                .contains("somebody")
                .contains("Which bytes object main has is decided when it is applied");
        assertThat(lab.chainVersion(chain)).isEqualTo(before);
        Files.writeString(file, lab.yaml(chain, SERVICE, FIRST));
        assertThat(kubectl.run("diff -f " + file).out()).contains(lab.name() + ": no change");
    }

    @Test
    void pausesAndResumesByOneFieldAndSaysWhoElseOwnsIt() throws IOException {
        Assignment one = lab.publish(chain, 1, SERVICE, Chains.object(1), FIRST);
        lab.chain(chain, SERVICE, FIRST, one);

        assertThat(kubectl.run("pause " + chain).code()).isZero();
        assertThat(lab.spec(chain).rollout().paused()).isTrue();
        assertThat(lab.spec(chain).programs()).hasSize(1);
        assertThat(kubectl.run("resume " + chain).code()).isZero();
        assertThat(lab.spec(chain).rollout().paused()).isFalse();

        lab.chain(chain, SERVICE, FIRST + "rollout: {paused: true}\n", one);
        CommandResult refused = kubectl.run("resume " + chain);
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err()).contains("somebody").contains("--force-conflicts");
        assertThat(lab.spec(chain).rollout().paused()).isTrue();
        assertThat(kubectl.run("resume " + chain + " --force-conflicts").code()).isZero();
        assertThat(lab.spec(chain).rollout().paused()).isFalse();
        assertThat(kubectl.run("pause nosuch").code()).isEqualTo(3);
    }

    @Test
    void rollsBackToTheBytesThatARevisionHad() throws IOException {
        lab.publish(chain, 1, SERVICE, Chains.object(1), FIRST);
        lab.source(Chains.object(2));
        Assignment two = lab.publish(chain, 2, SERVICE, Chains.object(2), BOTH);
        lab.chain(chain, SERVICE, BOTH + "nodeSelector: {role: worker}\n", two);

        CommandResult refused = kubectl.run("rollback " + chain);
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err()).contains("somebody writes its objects, programs");
        assertThat(lab.spec(chain).programs()).hasSize(2);
        assertThat(lab.bytes(lab.source()))
                .as("negative control: what the revision names has other bytes by now")
                .isNotEqualTo(Files.readAllBytes(Chains.object(1)));

        CommandResult done = kubectl.run("rollback " + chain + " --force-conflicts");
        assertThat(done.code()).as(done.err()).isZero();
        ChainSpec spec = lab.spec(chain);
        assertThat(spec.programs()).hasSize(1);
        assertThat(spec.nodeSelector()).containsEntry("role", "worker");
        SourceSpec.ConfigMapSource source = spec.objects().getFirst().source().configMap();
        assertThat(source).isNotNull();
        assertThat(source.name()).startsWith("source-");
        assertThat(lab.bytes(source)).isEqualTo(Files.readAllBytes(Chains.object(1)));
        assertThat(kubectl.run("rollback " + chain + " --to-revision 1").out())
                .contains("says what revision 1 says already");
    }

    @Test
    void confirmsOnlyTheRemovalThatIsHeld() {
        assertThat(kubectl.run("confirm-removal").out()).contains("No removal is held.");
        lab.hold("aaaaaaaaaaaa", "fw other");
        assertThat(kubectl.run("confirm-removal").out())
                .contains("fw, other")
                .contains("kubectl bpfchain confirm-removal aaaaaaaaaaaa");
        assertThat(kubectl.run("confirm-removal bbbbbbbbbbbb").code()).isEqualTo(3);
        assertThat(lab.confirmed()).isEmpty();
        assertThat(kubectl.run("confirm-removal aaaaaaaaaaaa").code()).isZero();
        assertThat(lab.confirmed()).contains("aaaaaaaaaaaa");
    }

    @Test
    void drainsANodeAndLetsItsChainsBack() throws IOException {
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        Assignment kept = lab.publish("kept", 1, SERVICE, Chains.object(1), BOTH);
        Assignment two = new Assignment("kept", 1, kept.digest(), true, List.of());
        lab.assign(one, two);
        lab.awaitState(one, State.Running);
        lab.awaitState(two, State.Running);
        assertThat(attached()).hasSize(3);

        CommandResult drained = kubectl.run("drain " + lab.name() + " --timeout 30s");

        assertThat(drained.code()).as(drained.err()).isZero();
        assertThat(drained.out()).containsPattern(lab.name() + " +yes");
        assertThat(attached()).isEmpty();
        assertThat(machine.host().chains()).isEmpty();
        assertThat(lab.assignments()).containsExactly(two, one);
        assertThat(kubectl.run("status").err()).contains("Chains do without the drained node " + lab.name());
        agent.close();
        agent = start();
        await().during(TestAgent.REFRESH.multipliedBy(3)).until(() -> attached().isEmpty());

        assertThat(kubectl.run("undrain " + lab.name()).code()).isZero();
        lab.awaitState(one, State.Running);
        lab.awaitState(two, State.Running);
        assertThat(attached()).hasSize(3);
    }

    @Test
    void listsNodesThatDoNotAnswerAndTheyAreDrainedWhenTheyAreBack() throws IOException {
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        lab.assign(one);
        lab.awaitState(one, State.Running);
        agent.close();

        CommandResult late = kubectl.run("drain " + lab.name() + " --timeout 1s");

        assertThat(late.code()).isEqualTo(1);
        assertThat(late.out()).containsPattern(lab.name() + " +no +\\d+s ago +its agent has not answered");
        assertThat(kubectl.run("drain " + lab.name() + " --timeout 1ms --best-effort")
                        .code())
                .isZero();
        assertThat(attached()).hasSize(1);
        agent = start();
        await().until(() -> attached().isEmpty());
        assertThat(kubectl.run("drain " + lab.name() + " --timeout 30s").code()).isZero();
        assertThat(kubectl.run("drain nosuch").code()).isEqualTo(3);
    }

    /** The programs are this cluster's, and nobody on the node can say so any more. */
    @Test
    void aNodeWhoseStateWasLostIsNotSaidToBeDrainedBeforeItsProgramsAreGone() throws IOException {
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        lab.assign(one);
        lab.awaitState(one, State.Running);
        List<EntryId> before = attached();
        agent.close();
        machine.loseState();
        assertThat(kubectl.run("drain " + lab.name() + " --timeout 1ms").code()).isEqualTo(1);
        agent = start();

        CommandResult drained = kubectl.run("drain " + lab.name() + " --timeout 3s");

        assertThat(machine.host().chains())
                .as("negative control: by its state alone the node would be drained")
                .isEmpty();
        assertThat(drained.code()).isEqualTo(1);
        assertThat(drained.out())
                .containsPattern(lab.name() + " +no ")
                .contains("1 program of chains that this agent knows nothing of is attached: one/first at /svc");
        assertThat(attached()).isEqualTo(before);

        assertThat(kubectl.run("undrain " + lab.name()).code()).isZero();
        lab.awaitState(one, State.Running);
        assertThat(kubectl.run("drain " + lab.name() + " --timeout 30s").code()).isZero();
        assertThat(attached()).isEmpty();
    }

    private List<EntryId> attached() {
        return machine.list(service.cgroup(), AttachType.CGROUP_INET_EGRESS);
    }

    private TestAgent start() {
        Config config = Config.fromKubeconfig(cluster.kubeconfig().toFile());
        return new TestAgent(machine, lab, config, "machine", Ability.all());
    }

    @Test
    void dumpsObjectsAndNoBytesOfSources() throws IOException {
        Assignment one = lab.publish(chain, 1, SERVICE, Chains.object(1), FIRST);
        lab.chain(chain, SERVICE, FIRST, one);
        lab.assign(one);
        lab.awaitState(one, State.Running);
        Path archive = directory.resolve("dump.tar.gz");

        CommandResult dumped = kubectl.run("support-dump --file " + archive);

        assertThat(dumped.code()).as(dumped.err()).isZero();
        assertThat(Commands.run("tar", "-tzf", archive.toString()).lines())
                .contains(
                        "bpfchain-support/chains/" + chain + ".yaml",
                        "bpfchain-support/nodes/" + lab.name() + ".yaml",
                        "bpfchain-support/versions.yaml",
                        "bpfchain-support/pods.yaml",
                        "bpfchain-support/problems.txt")
                .noneMatch(path -> path.contains("blob-"));
        String all = Commands.run("tar", "-xzOf", archive.toString());
        assertThat(all).contains(one.digest()).doesNotContain("binaryData");
        assertThat(kubectl.run("support-dump --file " + archive).code()).isEqualTo(3);
    }

    @Test
    void saysWhyTheClusterDoesNotAnswer() throws IOException {
        assertThat(kubectl.run("status --kubeconfig /nonexistent"))
                .satisfies(r -> assertThat(r.code()).isEqualTo(2))
                .satisfies(r -> assertThat(r.err()).contains("/nonexistent"));
        Path away = Files.writeString(directory.resolve("away"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: c, context: {cluster: c, user: u}}]
                current-context: c
                """);
        assertThat(kubectl.run("status --kubeconfig " + away))
                .satisfies(r -> assertThat(r.code()).isEqualTo(1))
                .satisfies(r -> assertThat(r.err()).contains("list CgroupProgramChains"));
    }
}
