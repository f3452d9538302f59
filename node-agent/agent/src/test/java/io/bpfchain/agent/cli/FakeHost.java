package io.bpfchain.agent.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import io.bpfchain.agent.ApplyOutcome.Done;
import io.bpfchain.agent.ApplyOutcome.Failed;
import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.ApplyOutcome.Refused;
import io.bpfchain.agent.ApplyOutcome.StepLine;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.MapDump;
import io.bpfchain.agent.Revision;
import io.bpfchain.agent.Tree;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.planner.Cgroup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A host that answers from memory; its mood decides what comes of changes. */
final class FakeHost implements Host, Upkeep {
    /** What comes of changes. */
    enum Mood {
        DOES,
        REFUSES,
        FAILS,
        MAY_NOT,
        IS_EMPTY
    }

    private static final String OLD = "sha256:ab12" + "0".repeat(60);
    private static final String NEW = "sha256:cd34" + "0".repeat(60);
    private static final String ATTACH_TYPE = "cgroup_inet_egress";
    private static final List<String> RUNS = List.of(
            "egress-firewall/block-metadata (sha256:cd3400000000)",
            "egress-firewall/count (sha256:cd3400000000)",
            "program 41 \"sd_fw_egress\"");

    private final Mood mood;
    private final List<String> calls = new ArrayList<>();

    FakeHost(Mood mood) {
        this.mood = mood;
    }

    /** What was asked for, in order. */
    List<String> calls() {
        return calls;
    }

    @Override
    public ApplyOutcome apply(List<ChainDocument> chains, ApplyOptions options, Progress progress) {
        calls.add("apply " + names(chains) + " " + options);
        progress.advanced("load", 1, 2);
        progress.advanced("load", 2, 2);
        return change(names(chains), "configured");
    }

    @Override
    public ApplyOutcome extend(String chain, List<Cgroup> cgroups) {
        calls.add("extend " + chain + " " + cgroups);
        return change(List.of(chain), "configured");
    }

    @Override
    public List<String> drifted() {
        return List.of();
    }

    @Override
    public ApplyOutcome plan(List<ChainDocument> chains) {
        calls.add("plan " + names(chains));
        return change(names(chains), "configured");
    }

    @Override
    public ApplyOutcome delete(List<String> chains, Progress progress) {
        calls.add("delete " + chains);
        return change(chains, "deleted");
    }

    @Override
    public ApplyOutcome rollback(String chain, OptionalInt toRevision, Progress progress) {
        calls.add("rollback " + chain + " " + toRevision);
        return change(List.of(chain), "configured");
    }

    private static List<String> names(List<ChainDocument> chains) {
        return chains.stream().map(ChainDocument::name).toList();
    }

    private ApplyOutcome change(List<String> chains, String verb) {
        return switch (mood) {
            case DOES ->
                new Done(
                        chains.stream().map(c -> changed(c, verb)).toList(),
                        List.of("New cgroups are unprotected until attached."));
            case IS_EMPTY ->
                new Done(
                        chains.stream()
                                .map(c -> new ChainChange(c, "unchanged", 3, List.of(hook("/a", List.of())), List.of()))
                                .toList(),
                        List.of());
            case REFUSES ->
                new Refused(List.of(
                        new Problem(
                                Problem.Kind.REFUSED,
                                "ExclusiveList",
                                "/a [cgroup_inet_egress]",
                                "attach egress-firewall/count to /a [cgroup_inet_egress]: EPERM; the list is held in exclusive mode by"
                                        + " program 41 \"sd_fw_egress\"",
                                "Use a slice instead."),
                        new Problem(
                                Problem.Kind.REFUSED,
                                "VerifierRefusal",
                                "egress-firewall",
                                "load count of firewall.o: EACCES\nR0 !read_ok\nprocessed 3 insns",
                                "Correct the program.")));
            case MAY_NOT ->
                new Refused(List.of(new Problem(
                        Problem.Kind.NOT_PERMITTED,
                        "NotPermitted",
                        "egress-firewall",
                        "load count of firewall.o: EPERM; CAP_BPF is missing",
                        "Run as root, or grant CAP_BPF.")));
            case FAILS ->
                new Failed(
                        List.of(new Problem(
                                Problem.Kind.FAILED,
                                "CgroupGone",
                                "/b [cgroup_inet_egress]",
                                "replace egress-firewall/count at /b [cgroup_inet_egress]: ENOENT; the cgroup was removed",
                                "Apply again.")),
                        List.of(hook("/a", List.of()), hook("/c", List.of())));
        };
    }

    private static ChainChange changed(String chain, String verb) {
        List<StepLine> steps = verb.equals("deleted")
                ? List.of(new StepLine("detach", chain + "/count", "", "hitless"))
                : List.of(
                        new StepLine(
                                "replace",
                                chain + "/block-metadata",
                                "sha256:ab1200000000 -> sha256:cd3400000000",
                                "hitless"),
                        new StepLine("attach", chain + "/count", "after " + chain + "/block-metadata", "hitless"),
                        new StepLine("detach", chain + "/old", "", "runs twice: " + chain + "/count"));
        return new ChainChange(
                chain,
                verb,
                4,
                List.of(hook("/a", steps), hook("/b", steps), hook("/c", steps), hook("/d", List.of())),
                List.of("map blocked4: 3 single changes"));
    }

    private static HookChange hook(String cgroup, List<StepLine> steps) {
        return new HookChange(cgroup, ATTACH_TYPE, steps, RUNS);
    }

    @Override
    public List<ChainStatus> chains() {
        return mood == Mood.IS_EMPTY
                ? List.of()
                : List.of(
                        status("egress-firewall", 100, "Running", "apply"),
                        status("metering", 200, "Drifted", "run:/etc/bpfchain/chains"));
    }

    @Override
    public Optional<ChainStatus> chain(String name) {
        return chains().stream().filter(c -> c.name().equals(name)).findFirst();
    }

    private static ChainStatus status(String name, int priority, String state, String manager) {
        return new ChainStatus(
                name,
                ATTACH_TYPE,
                "/system.slice/*.service",
                priority,
                4,
                Instant.parse("2026-11-01T09:00:00Z"),
                manager,
                state,
                List.of(new ChainStatus.ObjectStatus("firewall", "file firewall.o", NEW, "i-0123456789")),
                List.of(
                        new ChainStatus.ProgramStatus("block-metadata", "firewall", "block_metadata", NEW),
                        new ChainStatus.ProgramStatus("count", "firewall", "count", OLD)),
                List.of(
                        new ChainStatus.HookStatus("/system.slice/a.service", 4711, true, RUNS),
                        new ChainStatus.HookStatus(
                                "/system.slice/b.service", 4712, state.equals("Running"), RUNS.subList(1, 3))),
                List.of(
                        new ChainStatus.MapStatus(
                                "firewall",
                                "blocked4",
                                17,
                                "lpm_trie",
                                8,
                                4,
                                1000,
                                2,
                                List.of(
                                        "/sys/fs/bpf/bpfchain/by-chain/" + name + "/blocked4",
                                        "/sys/fs/bpf/bpfchain/i-0123456789/map_blocked4")),
                        new ChainStatus.MapStatus(
                                "firewall", "counters", 18, "percpu_array", 4, 16, 256, -1, List.of())));
    }

    @Override
    public List<Revision> history(String chain) {
        return mood == Mood.IS_EMPTY
                ? List.of()
                : List.of(
                        new Revision(3, Instant.parse("2026-10-30T12:00:00Z"), "apply", OLD, false),
                        new Revision(4, Instant.parse("2026-11-01T09:00:00Z"), "rollback to 2", NEW, true));
    }

    @Override
    public MapDump dump(String chain, String map) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return switch (mood) {
            case DOES ->
                new MapDump.Contents(
                        chain,
                        map,
                        "lpm_trie",
                        List.of(
                                new MapDump.Item(json.textNode("169.254.169.254/32"), json.numberNode(1)),
                                new MapDump.Item(
                                        json.textNode("10.0.0.0/8"),
                                        json.objectNode().put("packets", 7).put("on", true))));
            case IS_EMPTY -> new MapDump.Contents(chain, map, "hash", List.of());
            case REFUSES, FAILS, MAY_NOT ->
                new MapDump.Unavailable(new Problem(
                        mood == Mood.MAY_NOT ? Problem.Kind.NOT_PERMITTED : Problem.Kind.REFUSED,
                        "NoSuchMap",
                        map,
                        "dump map " + map + " of chain " + chain + ": the chain has no such map",
                        "bpfchain get maps " + chain + " lists its maps."));
        };
    }

    @Override
    public Tree tree(Optional<String> below, Optional<Duration> stats) {
        calls.add("tree " + below + " " + stats);
        if (mood == Mood.IS_EMPTY) {
            return new Tree("/sys/fs/cgroup", List.of(), List.of());
        }
        Tree.EntryView block = ours(12, "block-metadata", stats.isPresent());
        Tree.EntryView count = ours(13, "count", stats.isPresent());
        Tree.EntryView foreign = new Tree.EntryView(
                41, "sd_fw_egress", "foreign", "", "", "", "link", OptionalLong.empty(), OptionalLong.empty());
        Tree.EntryView hidden = new Tree.EntryView(
                42, "", "foreign", "", "", "", "program", OptionalLong.empty(), OptionalLong.empty());
        return new Tree(
                "/sys/fs/cgroup",
                List.of(
                        new Tree.Node("/", 1, List.of()),
                        new Tree.Node(
                                "/system.slice",
                                100,
                                List.of(new Tree.HookView(ATTACH_TYPE, "multi", List.of(foreign), List.of(foreign)))),
                        new Tree.Node(
                                "/system.slice/a.service",
                                4711,
                                List.of(
                                        new Tree.HookView(
                                                ATTACH_TYPE,
                                                "multi",
                                                List.of(block, count),
                                                List.of(block, count, foreign)),
                                        new Tree.HookView("cgroup_device", "override", List.of(hidden), List.of()))),
                        new Tree.Node(
                                "/user.slice",
                                200,
                                List.of(new Tree.HookView(
                                        "cgroup_sysctl", "multi", List.of(hidden), List.of(hidden))))),
                List.of("Names of foreign programs are unknown without CAP_SYS_ADMIN."));
    }

    private static Tree.EntryView ours(int id, String program, boolean stats) {
        return new Tree.EntryView(
                id,
                program.substring(0, 5),
                "bpfchain",
                "egress-firewall",
                program,
                NEW,
                "program",
                stats ? OptionalLong.of(id == 12 ? 1000 : 0) : OptionalLong.empty(),
                stats ? OptionalLong.of(id == 12 ? 91_000 : 0) : OptionalLong.empty());
    }
}
