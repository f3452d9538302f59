package io.bpfchain.agent.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ApplyOutcome.ChainChange;
import io.bpfchain.agent.ApplyOutcome.Done;
import io.bpfchain.agent.ApplyOutcome.EntryChange;
import io.bpfchain.agent.ApplyOutcome.Failed;
import io.bpfchain.agent.ApplyOutcome.Fate;
import io.bpfchain.agent.ApplyOutcome.HookChange;
import io.bpfchain.agent.ApplyOutcome.MapChange;
import io.bpfchain.agent.ApplyOutcome.Place;
import io.bpfchain.agent.ApplyOutcome.Position;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.ApplyOutcome.Refused;
import io.bpfchain.agent.ApplyOutcome.StepLine;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.Host;
import io.bpfchain.agent.KeptRevision;
import io.bpfchain.agent.ListedEntry;
import io.bpfchain.agent.MapDump;
import io.bpfchain.agent.Revision;
import io.bpfchain.agent.Tree;
import io.bpfchain.agent.TreeOutcome;
import io.bpfchain.agent.Unclaimed;
import io.bpfchain.agent.Upkeep;
import io.bpfchain.crds.CgroupSpec;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.crds.file.ReadOutcome;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.Guarantee;
import java.nio.file.Path;
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
    private static final List<ListedEntry> RUNS = List.of(
            ours("egress-firewall", "block-metadata", NEW, 12),
            ours("egress-firewall", "count", NEW, 13),
            new ListedEntry.Foreign(41, "sd_fw_egress"));

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
    public List<Selection> selections() {
        return List.of();
    }

    @Override
    public ApplyOutcome extend(String chain, CgroupSpec selection, List<Cgroup> cgroups) {
        calls.add("extend " + chain + " " + cgroups);
        return change(List.of(chain), "configured");
    }

    @Override
    public List<String> drifted() {
        return List.of();
    }

    @Override
    public List<String> altered() {
        return List.of();
    }

    @Override
    public ApplyOutcome plan(List<ChainDocument> chains, Progress progress) {
        calls.add("plan " + names(chains));
        return change(names(chains), "configured");
    }

    @Override
    public ApplyOutcome delete(List<String> chains, DeleteOptions options, Progress progress) {
        calls.add("delete " + chains + " " + options);
        return change(chains, "deleted");
    }

    @Override
    public ApplyOutcome rollback(String chain, OptionalInt toRevision, Progress progress) {
        calls.add("rollback " + chain + " " + toRevision);
        return change(List.of(chain), "configured") instanceof Done done
                ? new Done(
                        done.chains().stream()
                                .map(c -> c.rolledBack(new ApplyOutcome.RevisionsOfRollback(3, 2)))
                                .toList(),
                        done.warnings())
                : change(List.of(chain), "configured");
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
                                        "Correct the program.")
                                .at(new Place("chain.yaml", 8, "egress-firewall", "spec.objects[0]"))));
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
        ListedEntry.Ours block = planned(chain, "block-metadata");
        List<StepLine> steps = verb.equals("deleted")
                ? List.of(step("detach", ours(chain, "count", OLD, 9), Guarantee.HITLESS, ""))
                : List.of(
                        new StepLine(
                                "replace",
                                block,
                                Optional.of(ours(chain, "block-metadata", OLD, 8)),
                                Optional.empty(),
                                false,
                                Guarantee.HITLESS,
                                "sha256:ab1200000000 -> sha256:cd3400000000"),
                        new StepLine(
                                "attach",
                                planned(chain, "count"),
                                Optional.empty(),
                                Optional.of(new Position("after", Optional.of(block))),
                                false,
                                Guarantee.HITLESS,
                                "after " + chain + "/block-metadata"),
                        step(
                                "detach",
                                ours(chain, "old", OLD, 9),
                                new Guarantee(List.of(), List.of(new EntryKey(chain, "count")), true),
                                ""));
        return new ChainChange(
                chain,
                verb,
                4,
                List.of(hook("/a", steps), hook("/b", steps), hook("/c", steps), hook("/d", List.of())),
                verb.equals("deleted")
                        ? List.of()
                        : List.of(
                                blocked(), new MapChange("firewall", "counters", Fate.KEPT, 0, List.of(), List.of())));
    }

    private static StepLine step(String action, ListedEntry.Ours entry, Guarantee guarantee, String detail) {
        return new StepLine(action, entry, Optional.empty(), Optional.empty(), false, guarantee, detail);
    }

    private static ListedEntry.Ours ours(String chain, String program, String version, int id) {
        return new ListedEntry.Ours(chain, program, version, OptionalInt.of(id));
    }

    private static ListedEntry.Ours planned(String chain, String program) {
        return new ListedEntry.Ours(chain, program, NEW, OptionalInt.empty());
    }

    /** One entry more than are listed unasked. */
    private static MapChange blocked() {
        JsonNodeFactory json = JsonNodeFactory.instance;
        List<EntryChange> entries = new ArrayList<>();
        entries.add(new EntryChange(
                json.textNode("10.0.0.0/8"), Optional.of(json.numberNode(1)), Optional.of(json.numberNode(2))));
        for (int i = 0; i < 9; i++) {
            entries.add(new EntryChange(
                    json.textNode("192.0.2." + i + "/32"), Optional.empty(), Optional.of(json.numberNode(1))));
        }
        entries.add(new EntryChange(json.textNode("172.16.0.0/12"), Optional.of(json.numberNode(1)), Optional.empty()));
        return new MapChange(
                "firewall", "blocked4", Fate.CHANGED, 0, entries, List.of("A larger max_entries avoids this."));
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
                Instant.parse("2026-10-01T09:00:00Z"),
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
    public List<Unclaimed> unclaimed() {
        return List.of();
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
    public Optional<KeptRevision> revision(String chain, int number) {
        String yaml = """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: egress-firewall}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {path: /system.slice/*.service}
                  objects:
                  - name: firewall
                    source: {file: {path: /var/lib/bpfchain/objects/cd34}}
                    globals: {label: "on", ports: [80, 443]}
                    maps:
                    - {name: blocked4, entries: [{key: 10.0.0.0/8, value: 1}]}
                  programs:
                  - {name: count, function: count}
                """;
        ReadOutcome.Read read = (ReadOutcome.Read) new ChainFiles().parse("chain.yaml", yaml, Path.of("/"));
        return history(chain).stream()
                .filter(r -> r.number() == number)
                .map(r -> new KeptRevision(chain, r, read.documents().getFirst().spec()))
                .findFirst();
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
    public TreeOutcome tree(Optional<String> below, Optional<Duration> stats, Progress progress) {
        calls.add("tree " + below + " " + stats);
        return switch (mood) {
            case DOES, FAILS, MAY_NOT -> new TreeOutcome.Shown(tree(stats));
            case IS_EMPTY -> new TreeOutcome.Shown(new Tree("/sys/fs/cgroup", List.of(), List.of()));
            case REFUSES ->
                new TreeOutcome.Refused(new Problem(
                        Problem.Kind.REFUSED,
                        "NoSuchCgroup",
                        "/nope",
                        "resolve cgroup /nope below /sys/fs/cgroup: no such cgroup; / exists, but has no \"nope\"",
                        "Start the service or slice first."));
        };
    }

    private static Tree tree(Optional<Duration> stats) {
        Tree.EntryView block = ours(12, "block-metadata", stats.isPresent());
        Tree.EntryView count = ours(13, "count", stats.isPresent());
        Tree.EntryView foreign = new Tree.EntryView(
                41,
                "sd_fw_egress",
                "foreign",
                "",
                "",
                "",
                "/system.slice",
                "link",
                OptionalLong.empty(),
                OptionalLong.empty());
        Tree.EntryView hidden = new Tree.EntryView(
                42, "", "foreign", "", "", "", "/user.slice", "program", OptionalLong.empty(), OptionalLong.empty());
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
                                "/system.slice/b.service",
                                4712,
                                List.of(new Tree.HookView(ATTACH_TYPE, "none", List.of(), List.of(foreign)))),
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
                "/system.slice/a.service",
                "program",
                stats ? OptionalLong.of(id == 12 ? 1000 : 0) : OptionalLong.empty(),
                stats ? OptionalLong.of(id == 12 ? 91_000 : 0) : OptionalLong.empty());
    }
}
