package io.bpfchain.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.FleetChain;
import io.bpfchain.agent.fleet.FleetException;
import io.bpfchain.agent.fleet.FleetMachine;
import io.bpfchain.agent.fleet.FleetNode;
import io.bpfchain.agent.fleet.FleetRevision;
import io.bpfchain.agent.fleet.HeldRemoval;
import io.bpfchain.agent.fleet.Rollback;
import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.EntryReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.HookReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.Condition;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.SourceSpec.ConfigMapSource;
import io.bpfchain.crds.file.CanonicalJson;
import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.crds.file.ReadOutcome;
import io.bpfchain.crds.revision.RevisionContent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A cluster in the middle of a rollout of chain {@code egress} from revision 2 to 3: n1 runs 3, n2 refused it, n3 still runs 2 and n4 has
 * never reported. Chain {@code guard} was never looked at by the operator.
 */
final class FakeFleet implements Fleet {
    private static final String OLD = "sha256:" + "a".repeat(64);
    private static final String NEW = "sha256:" + "b".repeat(64);
    private static final Instant CREATED = Instant.parse("2026-11-03T08:00:00Z");
    private static final RevisionContent SECOND = content(2, OLD);
    private static final RevisionContent THIRD = content(3, NEW);

    private final List<String> calls = new ArrayList<>();
    private boolean drained;

    /** What was asked to be changed, in order. */
    List<String> calls() {
        return calls;
    }

    private static ChainSpec spec(int port) {
        String yaml = """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: egress}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {kubepods: {}}
                  nodeSelector: {role: worker}
                  objects:
                  - name: fw
                    source: {oci: {image: "registry.example/fw:1.%s"}}
                    globals: {blocked_port: %s}
                  programs:
                  - {name: block, function: block}
                """.formatted(port, port) + (port == 3 ? "  - {name: count, function: count}\n" : "");
        return new ChainFiles().parse("chain.yaml", yaml, Path.of("/")) instanceof ReadOutcome.Read read
                ? read.documents().getFirst().spec()
                : spec(port);
    }

    private static RevisionContent content(int number, String digest) {
        return new RevisionContent(
                "egress", spec(number), List.of(new ResolvedSource("fw", null, digest, "sha256:" + "c".repeat(64))));
    }

    private static RevisionStatus status(RevisionContent content, long number) {
        return new RevisionStatus(number, content.name(), content.digest(), number, content.sources());
    }

    @Override
    public List<FleetChain> chains() {
        return List.of(egress(), guard());
    }

    private static FleetChain egress() {
        ObjectNode tree = CanonicalJson.tree(THIRD.spec());
        tree.putObject("nodeSelector").put("role", "worker");
        return new FleetChain(
                "egress",
                "uid-egress",
                "100",
                3,
                CREATED,
                tree,
                Optional.of(new CgroupProgramChainStatus(
                        3L,
                        List.of(
                                condition(
                                        "Ready",
                                        Condition.Status.False,
                                        "RolloutStopped",
                                        "1 node refused revision 3, and 0 may."),
                                condition(
                                        "Stalled",
                                        Condition.Status.True,
                                        "RolloutStopped",
                                        "1 node refused revision 3, and 0 may.")),
                        status(SECOND, 2),
                        status(THIRD, 3),
                        4,
                        2,
                        1,
                        1,
                        1,
                        "1/4",
                        List.of())),
                List.of(new FleetChain.Owner("argocd-controller", List.of("objects", "programs"))));
    }

    private static FleetChain guard() {
        return new FleetChain(
                "guard",
                "uid-guard",
                "101",
                1,
                Instant.parse("2026-11-03T09:59:30Z"),
                JsonNodeFactory.instance.objectNode(),
                Optional.empty(),
                List.of());
    }

    private static Condition condition(String type, Condition.Status status, String reason, String message) {
        return new Condition(type, status, reason, message, "2026-11-03T09:00:00Z", 3L);
    }

    @Override
    public Optional<FleetChain> chain(String name) {
        if (name.equals("forbidden")) {
            throw new FleetException(new Problem(
                    Problem.Kind.NOT_PERMITTED,
                    "Forbidden",
                    "chain",
                    "read CgroupProgramChain forbidden: user cannot get it",
                    "Ask an administrator."));
        }
        return chains().stream().filter(c -> c.name().equals(name)).findFirst();
    }

    @Override
    public List<FleetNode> nodes() {
        return drained
                ? assigned().stream()
                        .filter(n -> !n.name().equals("n3"))
                        .map(FakeFleet::drained)
                        .toList()
                : assigned();
    }

    /** n1 is done, the object of n3 is deleted by somebody, and the others do not answer. */
    private static FleetNode drained(FleetNode node) {
        CgroupProgramNodeSpec spec = new CgroupProgramNodeSpec(
                node.spec().nodeUID(), true, node.spec().assignments(), true);
        Optional<CgroupProgramNodeStatus> done = node.status()
                .filter(s -> node.name().equals("n1"))
                .map(s -> new CgroupProgramNodeStatus(
                        s.nodeObjectUID(),
                        spec.digest(),
                        s.agentVersion(),
                        s.kernelRelease(),
                        s.capabilities(),
                        List.of(),
                        List.of(),
                        0,
                        s.reportedAt(),
                        true,
                        null));
        return new FleetNode(node.name(), node.uid(), spec, done.or(node::status));
    }

    private static List<FleetNode> assigned() {
        return List.of(
                node("n1", THIRD, 3, State.Running, THIRD, Optional.empty()),
                node("n2", THIRD, 3, State.Refused, SECOND, Optional.of("VerifierRefused")),
                node("n3", SECOND, 2, State.Running, SECOND, Optional.empty()),
                new FleetNode("n4", "uid-n4", assigned("n4", SECOND, 2), Optional.empty()));
    }

    private static CgroupProgramNodeSpec assigned(String node, RevisionContent content, long number) {
        return new CgroupProgramNodeSpec(
                "node-" + node, true, List.of(new Assignment("egress", number, content.digest(), false, List.of())));
    }

    private static FleetNode node(
            String name,
            RevisionContent assigned,
            long number,
            State state,
            RevisionContent runs,
            Optional<String> reason) {
        CgroupProgramNodeSpec spec = assigned(name, assigned, number);
        ChainReport report = new ChainReport(
                "egress",
                number,
                assigned.digest(),
                state,
                runs.digest(),
                1,
                reason.orElse(null),
                reason.map(r -> "load block: R1 invalid mem access\nCorrect the program.")
                        .orElse(null));
        HookReport hook = new HookReport(
                "/kubepods.slice",
                "cgroup_inet_egress",
                List.of(new EntryReport(41L, "egress/block", null), new EntryReport(42L, null, "sd_fw_egress")));
        return new FleetNode(
                name,
                "uid-" + name,
                spec,
                Optional.of(new CgroupProgramNodeStatus(
                        "uid-" + name,
                        spec.digest(),
                        "0.1.0",
                        "6.12.1",
                        List.of("replace"),
                        List.of(report),
                        List.of(hook),
                        name.equals("n2") ? 3 : 0,
                        "2026-11-03T09:55:00Z")));
    }

    @Override
    public Optional<FleetNode> node(String name) {
        return nodes().stream().filter(n -> n.name().equals(name)).findFirst();
    }

    @Override
    public List<FleetMachine> machines() {
        Map<String, String> worker = Map.of("role", "worker");
        return List.of(
                new FleetMachine("n1", worker, true),
                new FleetMachine("n2", worker, true),
                new FleetMachine("n3", Map.of(), true),
                new FleetMachine("n4", worker, false),
                new FleetMachine("n5", worker, true));
    }

    @Override
    public List<FleetRevision> revisions(String chain) {
        return chain.equals("egress")
                ? List.of(
                        new FleetRevision(SECOND.name(), 2, CREATED, Optional.of(SECOND)),
                        new FleetRevision(THIRD.name(), 3, CREATED.plusSeconds(3600), Optional.of(THIRD)))
                : List.of();
    }

    @Override
    public DryRun dryRun(String chain, ChainSpec spec) {
        return new DryRun(
                spec,
                chain.equals("egress-firewall")
                        ? Optional.of("conflict with \"argocd-controller\"")
                        : Optional.empty());
    }

    @Override
    public Written pause(FleetChain chain, boolean paused, boolean force) {
        calls.add((paused ? "pause " : "resume ") + chain.name() + (force ? " force" : ""));
        return force || chain.name().equals("guard")
                ? new Written.Done()
                : new Written.Conflict("conflict with \"argocd-controller\": .spec.rollout.paused");
    }

    @Override
    public void replaceSpec(FleetChain chain, JsonNode spec) {
        calls.add("replace " + chain.name() + " " + spec);
    }

    @Override
    public Optional<String> digest(ConfigMapSource source) {
        return Optional.empty();
    }

    @Override
    public boolean copy(Rollback.Copy copy) {
        calls.add("copy " + copy);
        return true;
    }

    @Override
    public void drain(FleetNode node, boolean drain) {
        calls.add((drain ? "drain " : "undrain ") + node.name());
        drained = drain;
    }

    @Override
    public Optional<HeldRemoval> heldRemoval() {
        return Optional.of(new HeldRemoval("1f0c3a5b7d9e", List.of("egress", "guard"), false, "7"));
    }

    @Override
    public void confirm(HeldRemoval removal) {
        calls.add("confirm " + removal.token());
    }

    @Override
    public List<Problem> support(BiConsumer<String, String> file) {
        file.accept("chains/egress.yaml", "egress");
        return List.of();
    }

    @Override
    public void close() {}
}
