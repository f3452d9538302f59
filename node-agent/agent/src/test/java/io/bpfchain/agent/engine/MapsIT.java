package io.bpfchain.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.MapDump;
import io.bpfchain.kernel.MapHandle;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maps over versions, between chains, and with declared contents. */
@Tag("kernel")
class MapsIT {
    private static final AttachType EGRESS = AttachType.CGROUP_INET_EGRESS;

    private TestHost host;

    @BeforeEach
    void start(@TempDir Path state) {
        host = new TestHost(state);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @Test
    void carriesTheCountersOverToTheNewVersion() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));
        int before = host.host().chain("fw").orElseThrow().maps().getFirst().id();

        host.apply(Chains.yaml("fw", host, Chains.object(2), "first"));

        assertThat(host.host().chain("fw").orElseThrow().maps().getFirst().id()).isEqualTo(before);
        assertThat(host.host().chain("fw").orElseThrow().state()).isEqualTo("Running");
    }

    @Test
    void changesDeclaredEntriesInPlaceAndLeavesTheProgram() {
        host.apply(Chains.withEntries(host, "{key: 10.0.0.0/8, value: 1}"));
        List<EntryId> before = host.list(EGRESS);

        ApplyOutcome.Done done =
                host.apply(Chains.withEntries(host, "{key: 10.0.0.0/8, value: 1}, {key: 192.168.0.0/16, value: 1}"));

        assertThat(done.chains().getFirst().mapChanges()).containsExactly("map blocked: 1 single change");
        assertThat(host.list(EGRESS)).isEqualTo(before);
        MapDump dump = host.host().dump("fw", "blocked");
        assertThat(dump).isInstanceOf(MapDump.Contents.class);
        assertThat(((MapDump.Contents) dump).items())
                .extracting(i -> i.key().asText())
                .containsExactlyInAnyOrder("10.0.0.0/8", "192.168.0.0/16");
    }

    @Test
    void swapsDeclaredEntriesInWithTheProgramWhenAskedTo() {
        host.apply(Chains.withEntries(host, "{key: 10.0.0.0/8, value: 1}", "onEntriesChange: WithProgram"));
        List<EntryId> before = host.list(EGRESS);
        int map = host.host().chain("fw").orElseThrow().maps().getFirst().id();

        host.apply(Chains.withEntries(host, "{key: 10.1.0.0/16, value: 1}", "onEntriesChange: WithProgram"));

        assertThat(host.list(EGRESS)).hasSize(1).isNotEqualTo(before);
        assertThat(host.host().chain("fw").orElseThrow().maps().getFirst().id()).isNotEqualTo(map);
    }

    @Test
    void sharesAMapBetweenChainsByName() {
        host.apply(Chains.sharing("a", host, "first"));
        host.apply(Chains.sharing("b", host, "second"));

        assertThat(host.host().chain("a").orElseThrow().maps().getFirst().id())
                .isEqualTo(
                        host.host().chain("b").orElseThrow().maps().getFirst().id());
    }

    @Test
    void refusesSwappedEntriesThatMoreThanOneHookUses() {
        host.cgroup().child("a");
        host.cgroup().child("b");

        ApplyOutcome outcome =
                host.tryApply(Chains.withEntries(host, "{key: 10.0.0.0/8, value: 1}", "onEntriesChange: WithProgram")
                        .replace(host.cgroup().path(), host.cgroup().path() + "/*"));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        ApplyOutcome.Refused.class,
                        r -> assertThat(r.problems().getFirst().reason()).isEqualTo("MapUsedMoreThanOnce"));
        assertThat(host.instances()).isEmpty();
    }

    @Test
    void sharesAMapBetweenAnEgressAndAnIngressChain() {
        host.apply(Chains.sharing("out", host, "first"));
        host.apply(ingress(4));

        ChainStatus out = host.host().chain("out").orElseThrow();
        ChainStatus in = host.host().chain("in").orElseThrow();
        assertThat(in.maps().getFirst().id()).isEqualTo(out.maps().getFirst().id());
        host.host().delete(List.of("out"), TestHost.SILENT);
        host.apply(Chains.sharing("out", host, "first"));

        assertThat(host.host().chain("out").orElseThrow().maps().getFirst().id())
                .as("the other chain kept the map alive")
                .isEqualTo(in.maps().getFirst().id());
    }

    @Test
    void refusesToShareAMapThatIsDefinedOtherwiseAndNamesBoth() {
        host.apply(Chains.sharing("out", host, "first"));

        ApplyOutcome outcome = host.tryApply(ingress(8));

        assertThat(refusal(outcome).reason()).isEqualTo("SharedMapDiffers");
        assertThat(refusal(outcome).message())
                .startsWith("share map counters of object main of chain in with map counters of chain out: ")
                .contains("max_entries");
        assertThat(host.list(AttachType.CGROUP_INET_INGRESS)).isEmpty();
    }

    private String ingress(int capacity) {
        return Chains.withMap("in", host, Chains.ingress(capacity), "entering", "{name: counters, sharedAs: totals}")
                .replace("cgroup_inet_egress", "cgroup_inet_ingress");
    }

    @Test
    void givesAMapAStablePathThatFollowsTheVersionsAndGoesWithTheChain() {
        Path stable = host.bpffs().resolve("bpfchain/by-chain/fw/counters");
        String pinned = "{name: counters, onUpdate: Fresh, pin: true}";
        host.apply(Chains.withMap("fw", host, Chains.object(1), "first", pinned));
        int before = idOf(stable);
        assertThat(before)
                .isEqualTo(
                        host.host().chain("fw").orElseThrow().maps().getFirst().id());

        host.apply(Chains.withMap("fw", host, Chains.object(2), "first", pinned));
        int after = idOf(stable);
        host.host().delete(List.of("fw"), TestHost.SILENT);

        assertThat(after).isNotEqualTo(before);
        assertThat(stable).doesNotExist();
    }

    private static int idOf(Path pin) {
        try (MapHandle map = MapHandle.open(pin)) {
            return map.info().id();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void readsEntriesFromAFileAndChangesWhatDiffers(@TempDir Path directory) throws IOException {
        Path list = directory.resolve("blocked.txt");
        String yaml = Chains.withEntries(host, "").replace("entries: []", "entriesFrom: {file: {path: " + list + "}}");
        Files.writeString(list, "# two networks\n10.0.0.0/8 1\n192.168.0.0/16 1\n");
        host.apply(yaml);
        List<EntryId> before = host.list(EGRESS);
        Files.writeString(list, "10.0.0.0/8 1\n172.16.0.0/12 1\n");

        ApplyOutcome.Done done = host.apply(yaml);

        assertThat(done.chains().getFirst().mapChanges()).containsExactly("map blocked: 2 single changes");
        assertThat(host.list(EGRESS)).isEqualTo(before);
        assertThat(((MapDump.Contents) host.host().dump("fw", "blocked")).items())
                .extracting(i -> i.key().asText())
                .containsExactlyInAnyOrder("10.0.0.0/8", "172.16.0.0/12");
    }

    @Test
    void replacesTheProgramWhenAGlobalChanges() {
        host.apply(global("longest: 1000"));
        List<EntryId> before = host.list(EGRESS);

        ApplyOutcome.Done done = host.apply(global("longest: 900"));

        assertThat(done.chains().getFirst().hooks().getFirst().steps())
                .singleElement()
                .satisfies(s -> assertThat(s.action()).isEqualTo("replace"));
        assertThat(host.list(EGRESS)).hasSize(1).isNotEqualTo(before);
        ApplyOutcome outcome = host.tryApply(global("widest: 1"));
        assertThat(refusal(outcome).reason()).isEqualTo("InvalidGlobal");
        assertThat(refusal(outcome).message()).contains("widest");
    }

    private String global(String globals) {
        return Chains.yaml("fw", host, Chains.configured(), "limit")
                .replace("{name: main, ", "{name: main, globals: {" + globals + "}, ");
    }

    private static ApplyOutcome.Problem refusal(ApplyOutcome outcome) {
        assertThat(outcome).isInstanceOf(ApplyOutcome.Refused.class);
        return ((ApplyOutcome.Refused) outcome).problems().getFirst();
    }
}
