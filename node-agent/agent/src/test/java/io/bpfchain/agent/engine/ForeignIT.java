package io.bpfchain.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.kernel.ForeignPrograms;
import io.bpfchain.kernel.KernelFeatures;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.EntryId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Programs of others at the same hooks. */
class ForeignIT extends OneHost {
    @Test
    void leavesForeignProgramsWhereTheyAre() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));
        Path pin = host.bpffs().resolve("foreign");
        Commands.run("bpftool", "prog", "load", Chains.object(3).toString(), pin.toString());
        Commands.run(
                "bpftool",
                "cgroup",
                "attach",
                host.cgroup().directory().toString(),
                "cgroup_inet_egress",
                "pinned",
                pin.toString(),
                "multi");
        EntryId foreign = host.list(EGRESS).getLast();

        host.apply(Chains.yaml("fw", host, Chains.object(2), "first"));
        assertThat(host.list(EGRESS)).hasSize(2).last().isEqualTo(foreign);
        host.host().delete(List.of("fw"), TestHost.ANYHOW, TestHost.SILENT);

        assertThat(host.list(EGRESS)).containsExactly(foreign);
    }

    @Test
    void keepsForeignProgramsAndLinksInTheirPlacesWhateverHappens() {
        try (ForeignPrograms foreign = new ForeignPrograms(EGRESS)) {
            List<EntryId> others = new ArrayList<>();
            others.add(foreign.multi(host.cgroup()));
            others.add(foreign.link(host.cgroup()));
            host.apply(Chains.yaml("a", host, Chains.object(1), "first", "second"));
            others.add(foreign.link(host.cgroup()));
            others.add(foreign.multi(host.cgroup()));
            host.apply(Chains.yaml("b", host, Chains.object(1), "first"));
            others.add(foreign.multi(host.cgroup()));
            others.add(foreign.link(host.cgroup()));
            List<Integer> places = places(others);
            assertThat(places).containsExactly(0, 1, 4, 5, 7, 8);

            host.apply(Chains.yaml("a", host, Chains.object(2), "first", "second"));
            host.apply(Chains.yaml("b", host, Chains.object(2), "first"));
            assertThat(places(others)).as("upgraded").isEqualTo(places);
            if (positions()) {
                host.apply(Chains.yaml("a", host, Chains.object(2), "first", "third", "second"));
                assertThat(places(others)).as("inserted").containsExactly(0, 1, 5, 6, 8, 9);
                host.apply(Chains.yaml("a", host, Chains.object(2), "first", "second"));
                assertThat(places(others)).as("removed").isEqualTo(places);
            }
            host.host().delete(List.of("a"), TestHost.ANYHOW, TestHost.SILENT);
            assertThat(places(others)).as("one deleted").containsExactly(0, 1, 2, 3, 5, 6);
            host.host().delete(List.of("b"), TestHost.ANYHOW, TestHost.SILENT);
            assertThat(host.list(EGRESS)).as("all deleted").isEqualTo(others);
        }
    }

    private List<Integer> places(List<EntryId> entries) {
        List<EntryId> list = host.list(EGRESS);
        return entries.stream().map(list::indexOf).toList();
    }

    /** Facts of runc and crun: a single program of a container's cgroup is replaced, even ours. */
    @Test
    void noticesThatAContainerRuntimeReplacedItsSingleProgramAndNeverTouchesTheOther() {
        try (ForeignPrograms runtime = new ForeignPrograms(EGRESS)) {
            String yaml = Chains.yaml("fw", host, Chains.object(1), "first");
            host.apply(yaml);
            EntryId theirs = runtime.replace(host.cgroup(), host.list(EGRESS).getFirst());

            assertThat(host.host().drifted()).containsExactly("fw");
            assertThat(host.host().chain("fw").orElseThrow().state()).isEqualTo("Drifted");
            host.apply(yaml);

            assertThat(host.list(EGRESS)).hasSize(2).first().isEqualTo(theirs);
            assertThat(host.host().drifted()).isEmpty();
        }
    }

    /** With several programs there, they attach theirs and detach all the others. */
    @Test
    void noticesThatAContainerRuntimeDetachedEverythingElse() {
        try (ForeignPrograms runtime = new ForeignPrograms(EGRESS)) {
            String yaml = Chains.yaml("fw", host, Chains.object(1), "first", "second");
            host.apply(yaml);
            List<EntryId> ours = host.list(EGRESS);
            EntryId theirs = runtime.multi(host.cgroup());
            ours.forEach(id -> runtime.detach(host.cgroup(), id));

            assertThat(host.host().drifted()).containsExactly("fw");
            ApplyOutcome.Done done = host.apply(yaml);

            assertThat(done.chains().getFirst().hooks().getFirst().steps()).hasSize(2);
            assertThat(host.list(EGRESS)).hasSize(3).contains(theirs).containsAll(ours);
        }
    }

    /** As systemd does on ordinary units. */
    @Test
    void refusesAListThatSomebodyHoldsExclusivelyAndNamesThem() {
        try (ForeignPrograms systemd = new ForeignPrograms(EGRESS)) {
            EntryId theirs = systemd.exclusive(host.cgroup());

            ApplyOutcome outcome = host.tryApply(Chains.yaml("fw", host, Chains.object(1), "first"));

            assertThat(refusal(outcome).reason()).isEqualTo("ExclusiveList");
            assertThat(refusal(outcome).message()).contains("program " + theirs + " \"foreign\"");
            assertThat(host.list(EGRESS)).containsExactly(theirs);
            assertThat(host.host().chains()).isEmpty();
        }
    }

    @Test
    void refusesACgroupBelowAListThatSomebodyHoldsExclusively() {
        TestCgroup below = host.cgroup().child("service");
        try (ForeignPrograms systemd = new ForeignPrograms(EGRESS)) {
            EntryId theirs = systemd.exclusive(host.cgroup());

            ApplyOutcome outcome = host.tryApply(Chains.yaml("fw", below.path(), 100, Chains.object(1), "first"));

            assertThat(refusal(outcome).reason()).isEqualTo("ExclusiveAncestor");
            assertThat(refusal(outcome).message()).contains("program " + theirs + " \"foreign\"");
            assertThat(host.list(below.cgroup(), EGRESS)).isEmpty();
        }
    }

    @Test
    void changesNothingBelowAListThatSomebodyTookExclusivelyLater() {
        TestCgroup below = host.cgroup().child("service");
        host.apply(Chains.yaml("fw", below.path(), 100, Chains.object(1), "first"));
        List<EntryId> before = host.list(below.cgroup(), EGRESS);
        try (ForeignPrograms systemd = new ForeignPrograms(EGRESS)) {
            systemd.exclusive(host.cgroup());

            ApplyOutcome outcome = host.tryApply(Chains.yaml("fw", below.path(), 100, Chains.object(2), "first"));

            assertThat(refusal(outcome).reason()).isEqualTo("ExclusiveAncestor");
            assertThat(host.list(below.cgroup(), EGRESS)).isEqualTo(before);
        }
    }

    private static ApplyOutcome.Problem refusal(ApplyOutcome outcome) {
        assertThat(outcome).isInstanceOf(ApplyOutcome.Refused.class);
        return ((ApplyOutcome.Refused) outcome).problems().getFirst();
    }

    /** Whether this kernel can insert before an entry; where it cannot, such a change is refused. */
    private static boolean positions() {
        return KernelFeatures.capabilities().positions().usable();
    }
}
