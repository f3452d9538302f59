package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.cli.render.Paint.Tone;
import io.bpfchain.agent.cli.render.Table.Cell;
import io.bpfchain.agent.fleet.FleetChain;
import io.bpfchain.agent.fleet.FleetNode;
import io.bpfchain.agent.fleet.FleetRevision;
import io.bpfchain.agent.fleet.NodeStanding;
import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.Condition;
import io.bpfchain.crds.file.CanonicalJson;
import io.bpfchain.crds.revision.RevisionContent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Chains, their nodes and their revisions in a cluster. */
public final class FleetTables {
    private static final ObjectMapper JSON = new ObjectMapper();

    private FleetTables() {}

    /** {@code status}. */
    public static String chains(List<FleetChain> chains, boolean wide, Instant now, Paint paint) {
        if (chains.isEmpty()) {
            return "No chains in this cluster.\n";
        }
        List<String> header = new ArrayList<>(List.of("NAME", "READY", "REASON", "NODES", "REVISION"));
        if (wide) {
            header.addAll(List.of("UPDATED", "FAILED", "UNREACHABLE", "DIGEST"));
        }
        header.add("AGE");
        Table table = Table.withHeader(header.toArray(String[]::new));
        for (FleetChain chain : chains) {
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.of(chain.name()));
            cells.add(ready(chain));
            cells.add(Cell.of(chain.condition("Ready").map(Condition::reason).orElse("-")));
            cells.add(
                    Cell.of(chain.status().map(CgroupProgramChainStatus::nodes).orElse("-")));
            cells.add(Cell.of(revisions(chain)));
            if (wide) {
                counts(chain).forEach(c -> cells.add(Cell.of(c)));
                cells.add(Cell.of(chain.target().map(RevisionStatus::digest).orElse("-")));
            }
            cells.add(Cell.of(age(chain.created(), now)));
            table.add(cells.toArray(Cell[]::new));
        }
        return table.text("", paint);
    }

    /** Tells of nodes that are left out; empty where there are none. */
    public static List<String> leftOut(List<FleetNode> nodes) {
        List<String> drained = nodes.stream()
                .filter(FleetNode::isDraining)
                .map(FleetNode::name)
                .toList();
        return drained.isEmpty()
                ? List.of()
                : List.of("Chains do without the drained " + (drained.size() == 1 ? "node " : "nodes ")
                        + String.join(", ", drained) + "; kubectl bpfchain undrain lets them back.");
    }

    private static Cell ready(FleetChain chain) {
        Optional<Condition> ready = chain.condition("Ready");
        if (ready.isEmpty() || !chain.isObserved()) {
            return new Cell("Unknown", Tone.NOTICE);
        }
        return new Cell(
                ready.get().status().name(), ready.get().status() == Condition.Status.True ? Tone.GOOD : Tone.BAD);
    }

    private static List<String> counts(FleetChain chain) {
        return chain.status()
                .map(s -> List.of(
                        s.updated().toString(),
                        s.failed().toString(),
                        s.unreachable().toString()))
                .orElse(List.of("-", "-", "-"));
    }

    /** {@code 3}, or {@code 2 -> 3} while nodes are brought from the one to the other. */
    private static String revisions(FleetChain chain) {
        Optional<Long> target = chain.target().map(RevisionStatus::number);
        Optional<Long> current = chain.current().map(RevisionStatus::number);
        return target.map(t ->
                        current.filter(c -> !c.equals(t)).map(c -> c + " -> ").orElse("") + t)
                .orElse("-");
    }

    private static String age(Instant since, Instant now) {
        return Words.age(Duration.between(since, now));
    }

    /** {@code status NAME}. */
    public static String chain(FleetChain chain, List<NodeStanding> nodes, boolean wide, Instant now, Paint paint) {
        Table facts = Table.withoutHeader();
        facts.add(Cell.of("Name:"), new Cell(chain.name(), Tone.STRONG));
        facts.add(Cell.of("Ready:"), ready(chain));
        if (!chain.isObserved()) {
            facts.add(Cell.of(""), Cell.of("The operator has not looked at the newest change yet."));
        }
        chain.status()
                .ifPresent(s ->
                        s.conditions().forEach(c -> facts.add(c.type() + ", " + c.reason() + ":", c.message())));
        facts.add("Target:", chain.target().map(FleetTables::revision).orElse("-"));
        facts.add("Current:", chain.current().map(FleetTables::revision).orElse("-"));
        chain.status()
                .ifPresent(s -> facts.add(
                        "Nodes:",
                        s.nodes() + " ready, " + s.updated() + " updated, " + s.failed() + " failed, " + s.unreachable()
                                + " unreachable"));
        StringBuilder text = new StringBuilder(facts.text("", paint));
        text.append(
                nodes.isEmpty()
                        ? "No node is assigned it.\n"
                        : nodes(nodes, wide, now).text("", paint));
        for (NodeStanding node : nodes) {
            node.report()
                    .flatMap(r -> Optional.ofNullable(r.message()))
                    .filter(m -> node.node().isAnswered())
                    .ifPresent(m -> text.append(node.node().name())
                            .append(": ")
                            .append(m.stripTrailing().replace("\n", "\n  "))
                            .append('\n'));
        }
        return text.toString();
    }

    private static String revision(RevisionStatus revision) {
        return revision.number() + " (" + revision.name() + ", " + Words.shortened(revision.digest()) + ")";
    }

    private static Table nodes(List<NodeStanding> nodes, boolean wide, Instant now) {
        Table table = Table.withHeader("NODE", "STATE", "ASSIGNED", "RUNS", "CGROUPS", "REPORTED", "REASON");
        for (NodeStanding node : nodes) {
            table.add(
                    Cell.of(node.node().name()),
                    state(node.state()),
                    Cell.of(node.assignment()
                            .map(a -> Long.toString(a.revision()))
                            .orElse("-")),
                    Cell.of(node.runs().map(d -> wide ? d : Words.shortened(d)).orElse("-")),
                    Cell.of(node.report().map(r -> r.cgroups().toString()).orElse("-")),
                    Cell.of(node.node()
                            .reportedAt()
                            .map(at -> age(at, now) + " ago")
                            .orElse("never")),
                    Cell.of(node.report()
                            .flatMap(r -> Optional.ofNullable(r.reason()))
                            .orElse("")));
        }
        return table;
    }

    private static Cell state(NodeStanding.State state) {
        return new Cell(
                state.name(),
                switch (state) {
                    case Running -> Tone.GOOD;
                    case Refused, Failed -> Tone.BAD;
                    case Pending, Leaving, Draining, Drained -> Tone.NOTICE;
                });
    }

    /** {@code history}. */
    public static String history(
            List<FleetRevision> revisions, Optional<FleetChain> chain, boolean wide, Instant now, Paint paint) {
        if (revisions.isEmpty()) {
            return "No revisions.\n";
        }
        List<String> header = new ArrayList<>(List.of("REVISION", "AGE", "DIGEST", "USED AS", "SOURCES"));
        if (wide) {
            header.add("NAME");
        }
        Table table = Table.withHeader(header.toArray(String[]::new));
        for (FleetRevision r : revisions) {
            List<Cell> cells = new ArrayList<>();
            cells.add(Cell.of(Long.toString(r.number())));
            cells.add(Cell.of(age(r.created(), now)));
            cells.add(r.content()
                    .map(c -> Cell.of(wide ? c.digest() : Words.shortened(c.digest())))
                    .orElse(new Cell("unreadable", Tone.BAD)));
            cells.add(new Cell(Words.list(uses(r, chain)), uses(r, chain).isEmpty() ? Tone.NORMAL : Tone.GOOD));
            cells.add(Cell.of(r.content().map(FleetTables::sources).orElse("-")));
            if (wide) {
                cells.add(Cell.of(r.name()));
            }
            table.add(cells.toArray(Cell[]::new));
        }
        return table.text("", paint);
    }

    private static List<String> uses(FleetRevision revision, Optional<FleetChain> chain) {
        List<String> uses = new ArrayList<>();
        chain.flatMap(FleetChain::target).filter(t -> revision.is(t.digest())).ifPresent(t -> uses.add("target"));
        chain.flatMap(FleetChain::current).filter(c -> revision.is(c.digest())).ifPresent(c -> uses.add("current"));
        return uses;
    }

    private static String sources(RevisionContent content) {
        return Words.list(content.sources().stream()
                .map(s -> s.object() + (s.map() == null ? "" : "." + s.map()) + "=" + Words.shortened(s.digest()))
                .toList());
    }

    /** Chains for machines. */
    public static ObjectNode chainDocuments(List<FleetChain> chains) {
        ObjectNode node = Nodes.object();
        node.set("items", Nodes.array(chains, FleetTables::chainDocument));
        return node;
    }

    private static ObjectNode chainDocument(FleetChain chain) {
        ObjectNode node = Nodes.object()
                .put("name", chain.name())
                .put("generation", chain.generation())
                .put("observed", chain.isObserved());
        chain.status().ifPresent(s -> node.set("status", JSON.valueToTree(s)));
        return node;
    }

    /** One chain with its nodes for machines. */
    public static ObjectNode chainDocument(FleetChain chain, List<NodeStanding> nodes) {
        ObjectNode node = chainDocument(chain);
        node.set("nodes", Nodes.array(nodes, FleetTables::standing));
        return node;
    }

    private static JsonNode standing(NodeStanding standing) {
        ObjectNode node = Nodes.object()
                .put("node", standing.node().name())
                .put("state", standing.state().name());
        standing.assignment().map(Assignment::revision).ifPresent(r -> node.put("assigned", r));
        standing.runs().ifPresent(r -> node.put("runs", r));
        standing.report().map(ChainReport::cgroups).ifPresent(c -> node.put("cgroups", c));
        standing.node().reportedAt().ifPresent(at -> node.put("reportedAt", at.toString()));
        standing.report().ifPresent(r -> {
            Optional.ofNullable(r.reason()).ifPresent(reason -> node.put("reason", reason));
            Optional.ofNullable(r.message()).ifPresent(message -> node.put("message", message));
        });
        return node;
    }

    /** A history for machines. */
    public static ObjectNode historyDocument(List<FleetRevision> revisions, Optional<FleetChain> chain) {
        ObjectNode node = Nodes.object();
        node.set("items", Nodes.array(revisions, r -> {
            ObjectNode one = Nodes.object()
                    .put("revision", r.number())
                    .put("name", r.name())
                    .put("created", r.created().toString());
            r.content().ifPresent(c -> one.put("digest", c.digest()));
            one.set("usedAs", Nodes.strings(uses(r, chain)));
            r.content().ifPresent(c -> one.set("sources", JSON.valueToTree(c.sources())));
            return one;
        }));
        return node;
    }

    /** The content of a revision, its spec with the fields in the order in which people write them. */
    public static ObjectNode contentDocument(RevisionContent content) {
        ObjectNode node = Nodes.object().put("chain", content.chain()).put("digest", content.digest());
        node.set("spec", CanonicalJson.tree(content.spec()));
        node.set("sources", JSON.valueToTree(content.sources()));
        return node;
    }
}
