package io.bpfchain.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.cli.Main;
import io.bpfchain.agent.engine.Chains;
import io.bpfchain.agent.engine.TestHost;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.revision.Ability;
import io.bpfchain.crds.revision.RevisionContent;
import io.bpfchain.crds.testing.TestCluster;
import io.bpfchain.crds.testing.WithTestCluster;
import io.bpfchain.kernel.testing.BpfCompiler;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.kernel.testing.TestJvm;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The agent with a real kernel and a real API server; the operator is played by the test, which writes what it writes. */
@ExtendWith(WithTestCluster.class)
class ClusterAgentIT {
    private static final AttachType EGRESS = AttachType.CGROUP_INET_EGRESS;
    private static final String SERVICE = "{path: /svc}";
    private static final String FIRST = "programs: [{name: first, function: first}]\n";
    private static final Duration LONGER_THAN_A_REFRESH = TestAgent.REFRESH.multipliedBy(3);

    @TempDir
    Path directory;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private TestHost machine;
    private ClusterLab lab;
    private TestCluster cluster;
    private TestCgroup service;

    @BeforeEach
    void open(TestCluster testCluster) throws IOException {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
        Awaitility.setDefaultPollInterval(Duration.ofMillis(20));
        cluster = testCluster;
        machine = new TestHost(directory.resolve("state"));
        closing.add(machine);
        service = machine.cgroup().child("svc");
        lab = new ClusterLab(cluster.client());
        closing.add(lab);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : closing.reversed()) {
            one.close();
        }
        Awaitility.reset();
    }

    @Test
    void attachesWhatIsAssignedAndReplacesItInPlace() throws IOException {
        TestAgent agent = start();
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        Assignment two =
                lab.publish("two", 1, SERVICE, Chains.object(1), "programs: [{name: second, function: second}]\n");
        lab.assign(one, two);
        ChainReport report = lab.awaitState(one, State.Running);
        lab.awaitState(two, State.Running);
        assertThat(report.runs()).isEqualTo(one.digest());
        assertThat(report.cgroups()).isEqualTo(1);
        List<EntryId> before = list();
        assertThat(before).hasSize(2);
        assertThat(lab.status().orElseThrow().hooks()).singleElement().satisfies(h -> {
            assertThat(h.cgroup()).isEqualTo("/svc");
            assertThat(h.entries()).extracting(e -> e.program()).containsExactly("one/first", "two/second");
        });

        Assignment newer = lab.publish("one", 2, SERVICE, Chains.object(2), FIRST);
        lab.assign(newer, two);
        assertThat(lab.awaitState(newer, State.Running).runs()).isEqualTo(newer.digest());
        assertThat(list()).hasSize(2).endsWith(before.getLast()).doesNotContain(before.getFirst());
        assertThat(agent.metrics())
                .contains("bpfchain_chain_running{chain=\"one\"} 1")
                .contains("bpfchain_program_cgroups{chain=\"two\",program=\"second\"");
    }

    @Test
    void changesEntriesWithoutTouchingTheProgram() throws IOException {
        start();
        Assignment one = lab.publish("fw", 1, SERVICE, Chains.trie(), entries("10.0.0.0/8"));
        lab.assign(one);
        lab.awaitState(one, State.Running);
        List<EntryId> before = list();
        Assignment two = lab.publish("fw", 2, SERVICE, Chains.trie(), entries("192.168.0.0/16"));
        lab.assign(two);
        lab.awaitState(two, State.Running);
        assertThat(list()).isEqualTo(before);
        assertThat(machine.host().dump("fw", "blocked").toString())
                .contains("192.168.0.0")
                .doesNotContain("10.0.0.0");
    }

    @Test
    void takesOutOnlyWhatACompleteSpecNoLongerLists() throws IOException {
        TestAgent agent = start();
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        Assignment two =
                lab.publish("two", 1, SERVICE, Chains.object(1), "programs: [{name: second, function: second}]\n");
        lab.assign(one, two);
        lab.awaitState(two, State.Running);
        List<EntryId> before = list();

        lab.assign(false, one);
        staysSo(before);
        lab.deleteObject();
        staysSo(before);
        lab.assign(one); // made anew, and it never listed the other
        lab.awaitState(one, State.Running);
        staysSo(before);
        lab.assign(one, two);
        lab.awaitState(two, State.Running);
        lab.assign(one);
        await().until(() -> list().equals(List.of(before.getFirst())));
        lab.awaitState(one, State.Running);
        assertThat(agent.host().chain("two")).isEmpty();
    }

    @Test
    void leavesWhatIsToBeRetained() throws IOException {
        start();
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        lab.assign(new Assignment("one", 1, one.digest(), true, List.of()));
        lab.awaitState(one, State.Running);
        List<EntryId> before = list();
        lab.assign();
        staysSo(before);
    }

    @Test
    void refusesWhatWasTamperedWith() throws IOException {
        start();
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        lab.assign(one);
        lab.awaitState(one, State.Running);
        List<EntryId> before = list();

        Assignment bytes = lab.publish("one", 2, SERVICE, Chains.object(2), FIRST);
        lab.writeBlob(Sha256.of(Files.readAllBytes(Chains.object(2))), Files.readAllBytes(Chains.object(3)));
        lab.assign(bytes);
        assertThat(lab.awaitState(bytes, State.Refused))
                .satisfies(r -> assertThat(r.reason()).isEqualTo("DigestMismatch"))
                .satisfies(r -> assertThat(r.runs()).isEqualTo(one.digest()))
                .satisfies(r -> assertThat(r.message()).contains("ConfigMap " + lab.name() + "/blob-"));

        Assignment entries = lab.publish("one", 3, SERVICE, Chains.trie(), entries("10.0.0.0/8"));
        tamper(entries, "10.0.0.0/8", "10.0.0.0/9");
        lab.assign(entries);
        assertThat(lab.awaitState(entries, State.Refused).reason()).isEqualTo("DigestMismatch");

        Assignment globals = lab.publish(
                "one",
                4,
                SERVICE,
                Chains.configured(),
                "  globals: {longest: 900}\nprograms: [{name: first, function: limit}]\n");
        tamper(globals, "900", "1400");
        lab.assign(globals);
        assertThat(lab.awaitState(globals, State.Refused).reason()).isEqualTo("DigestMismatch");
        assertThat(list()).isEqualTo(before);
    }

    private void tamper(Assignment assignment, String what, String by) throws IOException {
        String json = lab.revision(assignment);
        assertThat(json).contains(what);
        lab.writeRevision(RevisionContent.name(assignment.chain(), assignment.digest()), json.replace(what, by), 1);
    }

    @Test
    void reportsWhatTheVerifierRefusesAndWhatItDoesNotKnow() throws IOException {
        start();
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        lab.assign(one);
        lab.awaitState(one, State.Running);
        List<EntryId> before = list();

        Assignment bad = lab.publish("one", 2, SERVICE, unverifiable(), FIRST);
        lab.assign(bad);
        ChainReport refused = lab.awaitState(bad, State.Refused);
        assertThat(refused.message()).contains("first");
        assertThat(refused.runs()).isEqualTo(one.digest());
        System.out.println(refused.reason() + ": " + refused.message());

        Assignment newer = lab.publish("one", 3, SERVICE, Chains.object(2), FIRST);
        Assignment demanding = new Assignment("one", 3, newer.digest(), false, List.of("Fusion"));
        lab.assign(demanding);
        assertThat(lab.awaitState(demanding, State.Refused))
                .satisfies(r -> assertThat(r.reason()).isEqualTo("AgentTooOld"))
                .satisfies(r -> assertThat(r.runs()).isEqualTo(one.digest()));
        staysSo(before);
    }

    @Test
    void leavesWhatItIsTooOldForToANewerAgent() throws IOException {
        Set<String> older = new HashSet<>(Ability.all());
        older.remove("Entries");
        TestAgent before = start(cluster.client().getConfiguration(), "machine", older);
        Assignment plain = lab.publish("fw", 1, SERVICE, Chains.object(1), FIRST);
        lab.assign(plain);
        lab.awaitState(plain, State.Running);
        List<EntryId> list = list();
        Assignment demanding = lab.publish("fw", 2, SERVICE, Chains.trie(), entries("10.0.0.0/8"));
        assertThat(demanding.requires()).containsExactly("Entries");
        lab.assign(demanding);
        assertThat(lab.awaitState(demanding, State.Refused)).satisfies(r -> {
            assertThat(r.reason()).isEqualTo("AgentTooOld");
            assertThat(r.message()).contains("requires Entries").contains("Upgrade the agent");
            assertThat(r.runs()).isEqualTo(plain.digest());
        });
        staysSo(list);
        stop(before);

        start();
        lab.awaitState(demanding, State.Running);
        assertThat(list()).hasSize(1).isNotEqualTo(list);
    }

    @Test
    void takesFromTheOperatorWhatTheOperatorTookFromARegistry() throws IOException {
        start();
        Assignment one = lab.publish(
                "one", 1, SERVICE, Chains.object(1), FIRST, "oci: {image: 'registry.example/firewall:1.4'}");
        lab.assign(one);
        assertThat(lab.awaitState(one, State.Running).runs()).isEqualTo(one.digest());
        assertThat(list()).hasSize(1);
    }

    @Test
    void refusesAFileOfOneHost() throws IOException {
        start();
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST, "file: {path: /main.o}");
        lab.assign(one);
        assertThat(lab.awaitState(one, State.Refused)).satisfies(r -> {
            assertThat(r.reason()).isEqualTo("SourceNotSupported");
            assertThat(r.message()).contains("object main").contains("url, configMap and oci");
        });
        assertThat(list()).isEmpty();
    }

    @Test
    void repairsWhatOthersDetach() throws IOException {
        TestAgent agent = start();
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        lab.assign(one);
        lab.awaitState(one, State.Running);
        List<EntryId> before = list();
        detach();
        await().until(() -> list().equals(before));
        await().until(() -> agent.metrics().contains("bpfchain_repairs_total 1.0"));
    }

    @Test
    void repairsTheContentsThatOthersChange() throws IOException {
        TestAgent agent = start();
        Assignment one = lab.publish("fw", 1, SERVICE, Chains.trie(), entries("10.0.0.0/8"));
        lab.assign(one);
        lab.awaitState(one, State.Running);
        List<EntryId> before = list();
        String pin =
                agent.host().chain("fw").orElseThrow().maps().getFirst().pins().getFirst();

        Commands.run("sh", "-c", "bpftool map delete pinned " + pin + " key 8 0 0 0 10 0 0 0");

        await().untilAsserted(() ->
                assertThat(agent.host().dump("fw", "blocked").toString()).contains("10.0.0.0"));
        assertThat(list()).isEqualTo(before);
    }

    @Test
    void adoptsWhatIsAttachedAfterItWasKilled() throws Exception {
        Process first = process();
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        lab.assign(one);
        lab.awaitState(one, State.Running);
        List<EntryId> before = list();
        first.destroyForcibly().waitFor();
        assertThat(list()).isEqualTo(before);

        Assignment newer = lab.publish("one", 2, SERVICE, Chains.object(1), FIRST.replace("[{", "[ {"));
        assertThat(newer.digest()).isEqualTo(one.digest());
        Process second = process();
        lab.assign(newer);
        lab.awaitState(newer, State.Running);
        assertThat(list()).isEqualTo(before);

        second.destroy(); // SIGTERM
        assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isZero();
        assertThat(list()).isEqualTo(before);
    }

    @Test
    void appliesWhatItRemembersWhileTheApiServerIsAway() throws IOException {
        TestAgent before = start();
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        lab.assign(one);
        lab.awaitState(one, State.Running);
        await().during(TestAgent.REFRESH.multipliedBy(6)).until(before.agent()::isReady);
        assertThat(before.metrics()).contains("bpfchain_watches_lost 0.0");
        stop(before);
        detach();
        assertThat(list()).isEmpty();

        TestAgent alone = start(nobody(), "machine");
        await().until(() -> list().size() == 1);
        List<EntryId> attached = list();
        await().until(alone.agent()::isReady);
        await().untilAsserted(() ->
                assertThat(alone.agent().notReady()).contains("the API server tells nothing of cgroupprogramnodes"));
        assertThat(alone.metrics()).contains("bpfchain_watches_lost 1.0");
        stop(alone);

        stop(start(nobody(), "machine"));
        assertThat(list()).isEqualTo(attached);
    }

    @Test
    void takesOutWhatWasTakenOutWhileItWasDown() throws IOException {
        TestAgent before = start();
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        lab.assign(one);
        lab.awaitState(one, State.Running);
        stop(before);
        lab.assign();
        start();
        await().until(() -> list().isEmpty());
    }

    @Test
    void believesNoMemoryOfAnotherMachineAndMissesNone() throws IOException {
        TestAgent before = start();
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        lab.assign(one);
        lab.awaitState(one, State.Running);
        stop(before);
        List<EntryId> attached = list();

        TestAgent clone = start(nobody(), "clone");
        staysSo(attached);
        assertThat(clone.agent().isReady()).isFalse();
        stop(clone);

        Files.delete(machine.state().resolve("cluster/memory.json"));
        lab.assign();
        TestAgent forgetful = start();
        await().until(() -> forgetful.metrics().contains("bpfchain_chains_unassigned 1.0"));
        staysSo(attached);
        lab.assign(one);
        lab.awaitState(one, State.Running);
        assertThat(list()).isEqualTo(attached);
    }

    @Test
    void keepsWhatItForgotUntilAPersonTakesItOut() throws IOException {
        TestAgent before = start();
        Assignment one = lab.publish("one", 1, SERVICE, Chains.object(1), FIRST);
        Assignment two =
                lab.publish("two", 1, SERVICE, Chains.object(1), "programs: [{name: second, function: second}]\n");
        lab.assign(one, two);
        lab.awaitState(one, State.Running);
        lab.awaitState(two, State.Running);
        List<EntryId> attached = list();
        stop(before);

        Files.delete(machine.state().resolve("cluster/memory.json"));
        lab.assign(one);
        TestAgent forgetful = start();
        lab.awaitState(one, State.Running);
        await().until(() -> forgetful.metrics().contains("bpfchain_chains_unassigned 1.0"));
        staysSo(attached);

        assertThat(forgetful.host().delete(List.of("two"), TestHost.ANYHOW, TestHost.SILENT))
                .isInstanceOf(ApplyOutcome.Done.class);
        assertThat(list()).containsExactly(attached.getFirst());
        await().until(() -> forgetful.metrics().contains("bpfchain_chains_unassigned 0.0"));
    }

    @Test
    void followsPodsByTheirLabels() throws IOException {
        TestCgroup kubepods = machine.cgroup().child("kubepods.slice");
        start();
        Assignment all = lab.publish("all", 1, "{kubepods: {}}", Chains.object(1), FIRST);
        Assignment web = lab.publish(
                "web",
                1,
                "{pods: {podSelector: {matchLabels: {app: web}}, namespaceSelector: {matchLabels: {team: blue}}}}",
                Chains.object(1),
                "programs: [{name: second, function: second}]\n");
        lab.assign(all, web);
        lab.awaitState(all, State.Running);
        lab.awaitState(web, State.Running);
        assertThat(machine.list(kubepods.cgroup(), EGRESS)).hasSize(1);

        Pod known = lab.pod("known", Map.of("app", "web"));
        TestCgroup knownCgroup = cgroup(known);
        await().until(() -> machine.list(knownCgroup.cgroup(), EGRESS).size() == 1);

        Pod other = lab.pod("other", Map.of("app", "db"));
        TestCgroup otherCgroup = cgroup(other);
        await().during(Duration.ofMillis(500))
                .until(() -> machine.list(otherCgroup.cgroup(), EGRESS).isEmpty());
        lab.label(other, Map.of("app", "web"));
        await().until(() -> machine.list(otherCgroup.cgroup(), EGRESS).size() == 1);
        await().until(() -> lab.report(web).orElseThrow().cgroups() == 2);
        lab.label(other, Map.of("app", "db"));
        await().until(() -> machine.list(otherCgroup.cgroup(), EGRESS).isEmpty());

        lab.delete(known); // its cgroup is still there, and so is whatever runs in it
        await().during(LONGER_THAN_A_REFRESH)
                .until(() -> machine.list(knownCgroup.cgroup(), EGRESS).size() == 1);
    }

    private TestCgroup cgroup(Pod pod) {
        return machine.cgroup()
                .child("kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod"
                        + pod.getMetadata().getUid().replace('-', '_') + ".slice");
    }

    private TestAgent start() {
        return start(cluster.client().getConfiguration(), "machine");
    }

    private TestAgent start(Config config, String machineId) {
        return start(config, machineId, Ability.all());
    }

    private TestAgent start(Config config, String machineId, Set<String> abilities) {
        TestAgent agent = new TestAgent(machine, lab, config, machineId, abilities);
        closing.add(agent);
        return agent;
    }

    private void stop(TestAgent agent) {
        closing.remove(agent);
        agent.close();
    }

    /** {@code bpfchain agent} as a DaemonSet starts it. */
    private Process process() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(TestJvm.command(
                        List.of(),
                        Main.class,
                        "agent",
                        "--state-dir=" + machine.state(),
                        "--bpffs=" + machine.bpffs(),
                        "--cgroup-root=" + machine.cgroup().directory(),
                        "--machine-id=" + Files.writeString(directory.resolve("machine-id"), "0123456789abcdef\n"),
                        "--port=0"))
                .inheritIO();
        builder.environment().put("NODE_NAME", lab.name());
        builder.environment().put("POD_NAMESPACE", lab.name());
        builder.environment().put("KUBECONFIG", cluster.kubeconfig().toString());
        Process process = builder.start();
        closing.add(process::destroyForcibly);
        return process;
    }

    /** An API server that is away. */
    private static Config nobody() {
        return new ConfigBuilder()
                .withMasterUrl("https://127.0.0.1:9/")
                .withRequestRetryBackoffLimit(0)
                .withRequestTimeout(500)
                .build();
    }

    private List<EntryId> list() {
        return machine.list(service.cgroup(), EGRESS);
    }

    private void staysSo(List<EntryId> expected) {
        await().during(LONGER_THAN_A_REFRESH).until(() -> list().equals(expected));
    }

    private void detach() {
        Commands.run(
                "bpftool",
                "cgroup",
                "detach",
                service.directory().toString(),
                "egress",
                "id",
                list().getFirst().toString());
    }

    private static String entries(String prefix) {
        return "  maps: [{name: blocked, entries: [{key: " + prefix
                + ", value: 1}]}]\nprograms: [{name: first, function: filter}]\n";
    }

    /** Reads where a map lookup may have returned nothing. */
    private static Path unverifiable() {
        return BpfCompiler.compile("""
                #include <linux/bpf.h>
                #include <bpf/bpf_helpers.h>
                struct {
                    __uint(type, BPF_MAP_TYPE_HASH);
                    __uint(max_entries, 1);
                    __type(key, __u32);
                    __type(value, __u32);
                } numbers SEC(".maps");
                SEC("cgroup_skb/egress") int first(struct __sk_buff *skb)
                {
                    __u32 key = 0;
                    __u32 *value = bpf_map_lookup_elem(&numbers, &key);
                    return *value ? 1 : 0;
                }
                char _license[] SEC("license") = "GPL";
                """);
    }
}
