package io.bpfchain.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.kernel.ForeignPrograms;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.EntryId;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of a change that was cut off when the next command wants something else of the same chain. */
class CutOffIT extends OneHost {
    @Test
    void takesAChainOutOfTheCgroupThatItWasLeavingWhenItsChangeWasCutOff() {
        TestCgroup old = host.cgroup().child("old");
        TestCgroup next = host.cgroup().child("next");
        host.apply(Chains.yaml("fw", old.path(), 100, Chains.object(1), "first"));
        String moved = Chains.yaml("fw", next.path(), 100, Chains.object(2), "first");
        dies("journal-written", dying -> apply(dying, moved));

        host.apply(moved);

        assertThat(host.list(old.cgroup(), EGRESS)).isEmpty();
        assertThat(host.list(next.cgroup(), EGRESS)).hasSize(1);
        assertThat(host.instances()).hasSize(1);
        assertThat(host.apply(moved).chains().getFirst().verb()).isEqualTo("unchanged");
    }

    @Test
    void takesAChainOutOfEveryCgroupOfAChangeThatWasCutOffTwice() {
        TestCgroup first = host.cgroup().child("first");
        TestCgroup second = host.cgroup().child("second");
        TestCgroup third = host.cgroup().child("third");
        host.apply(Chains.yaml("fw", first.path(), 100, Chains.object(1), "first"));
        dies("hooks-done", dying -> apply(dying, Chains.yaml("fw", second.path(), 100, Chains.object(2), "first")));
        dies("journal-written", dying -> apply(dying, Chains.yaml("fw", first.path(), 100, Chains.object(3), "first")));
        String last = Chains.yaml("fw", third.path(), 100, Chains.object(1), "first");
        dies("journal-written", dying -> apply(dying, last));

        host.apply(last);

        assertThat(host.list(first.cgroup(), EGRESS)).isEmpty();
        assertThat(host.list(second.cgroup(), EGRESS)).isEmpty();
        assertThat(host.list(third.cgroup(), EGRESS)).hasSize(1);
        assertThat(host.instances()).hasSize(1);
    }

    @Test
    void takesADeletedChainOutOfTheCgroupsThatItDoesNotComeBackTo() {
        TestCgroup one = host.cgroup().child("one");
        TestCgroup other = host.cgroup().child("other");
        host.apply(Chains.yaml("fw", host.cgroup().path() + "/*", 100, Chains.object(1), "first"));
        dies("after-step", dying -> dying.delete(List.of("fw"), TestHost.ANYHOW, TestHost.SILENT));

        ApplyOutcome.Done done = host.apply(Chains.yaml("fw", one.path(), 100, Chains.object(1), "first"));

        assertThat(done.chains().getFirst().verb()).isEqualTo("created");
        assertThat(host.list(one.cgroup(), EGRESS)).hasSize(1);
        assertThat(host.list(other.cgroup(), EGRESS)).isEmpty();
        assertThat(host.host().chain("fw").orElseThrow().state()).isEqualTo("Running");
    }

    /** It still runs where it comes back to, so what the chain says of its maps holds. */
    @Test
    void carriesTheMapsOverOfAChainWhoseDeletionWasCutOff() {
        host.apply(keeping(1));
        int map = host.host().chain("fw").orElseThrow().maps().getFirst().id();
        dies("journal-written", dying -> dying.delete(List.of("fw"), TestHost.ANYHOW, TestHost.SILENT));

        host.apply(keeping(2));

        assertThat(host.host().chain("fw").orElseThrow().maps().getFirst().id()).isEqualTo(map);
        assertThat(host.list(EGRESS)).hasSize(1);
    }

    @Test
    void saysWhatItFinishedAlsoWhereWhatWasAskedForIsRefused() {
        TestCgroup cgroup = host.cgroup().child("one");
        String one = Chains.yaml("one", cgroup.path(), 100, Chains.object(1), "first");
        dies("journal-written", dying -> apply(dying, one));

        ApplyOutcome outcome = host.tryApply(Chains.yaml("two", host, Chains.object(1), "nothing"));

        assertThat(outcome).isInstanceOf(ApplyOutcome.Refused.class);
        assertThat(outcome.warnings()).containsExactly("An earlier change of one was finished first.");
        assertThat(host.list(cgroup.cgroup(), EGRESS)).hasSize(1);
    }

    @Test
    void saysWhatItCouldNotFinishAlsoWhereWhatWasAskedForIsRefused() throws IOException {
        TestCgroup cgroup = host.cgroup().child("one");
        String one = Chains.yaml("one", cgroup.path(), 100, Chains.object(1), "first");
        dies("journal-written", dying -> apply(dying, one));
        try (ForeignPrograms foreign = new ForeignPrograms(EGRESS)) {
            foreign.exclusive(cgroup);

            ApplyOutcome outcome = host.tryApply(Chains.yaml("two", host, Chains.object(1), "nothing"));

            assertThat(outcome).isInstanceOf(ApplyOutcome.Refused.class);
            assertThat(outcome.warnings())
                    .singleElement()
                    .asString()
                    .startsWith("An earlier change of one could not be finished");
        }
    }

    /** Programs and contents go together: a version whose contents cannot be brought about is attached nowhere, whoever comes next. */
    @Test
    void leavesAChainAsItIsWhoseContentsCannotBeBroughtAbout() {
        host.apply(blocking(1, "{key: 10.0.0.0/8, value: 1}"));
        List<EntryId> before = host.list(EGRESS);
        Commands.run(
                "bpftool",
                "map",
                "freeze",
                "pinned",
                host.host().chain("fw").orElseThrow().maps().getFirst().pins().getFirst());

        assertThat(host.tryApply(blocking(2, "{key: 192.168.0.0/16, value: 2}")))
                .isInstanceOfSatisfying(
                        ApplyOutcome.Failed.class,
                        f -> assertThat(f.problems())
                                .singleElement()
                                .satisfies(p -> assertThat(p.reason()).isEqualTo("ContentsFailed")));
        ApplyOutcome.Done elsewhere =
                host.apply(Chains.yaml("other", host.cgroup().child("other").path(), 100, Chains.object(1), "first"));

        assertThat(host.list(EGRESS)).isEqualTo(before);
        assertThat(elsewhere.warnings())
                .singleElement()
                .asString()
                .startsWith("An earlier change of fw could not be finished: write 1 entries into map blocked");
        assertThat(host.host().chain("fw").orElseThrow().state()).isEqualTo("Drifted");

        host.apply(Chains.yaml("last", host.cgroup().path(), 200, Chains.object(1), "first"));

        assertThat(host.list(EGRESS)).hasSize(2).startsWith(before.getFirst());

        assertThat(host.host().delete(List.of("fw"), TestHost.ANYHOW, TestHost.SILENT))
                .isInstanceOf(ApplyOutcome.Done.class);
        assertThat(host.list(EGRESS)).hasSize(1).doesNotContainAnyElementsOf(before);
        assertThat(host.instances()).hasSize(2);
    }

    private String blocking(int version, String entries) {
        return Chains.withMap(
                "fw", host, Chains.trie(version), "filter", "{name: blocked, entries: [" + entries + "]}");
    }

    private String keeping(int version) {
        return Chains.withMap("fw", host, Chains.object(version), "first", "{name: counters, onUpdate: Keep}");
    }

    private interface Command {
        ApplyOutcome run(LocalHost host);
    }

    private static ApplyOutcome apply(LocalHost host, String yaml) {
        return host.apply(TestHost.documents(yaml), new Host.ApplyOptions(false, "apply"), TestHost.SILENT);
    }

    /** Runs a command that dies when it first reaches this checkpoint. */
    private void dies(String at, Command command) {
        AtomicInteger reached = new AtomicInteger();
        Checkpoint checkpoint = point -> {
            if (point.equals(at) && reached.incrementAndGet() == 1) {
                throw new IllegalStateException("the process dies here");
            }
        };
        assertThatThrownBy(() -> command.run(host.host(checkpoint))).hasMessage("the process dies here");
    }
}
