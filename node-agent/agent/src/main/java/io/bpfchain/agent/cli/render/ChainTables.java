package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.ChainStatus.HookStatus;
import io.bpfchain.agent.ChainStatus.MapStatus;
import io.bpfchain.agent.ChainStatus.ObjectStatus;
import io.bpfchain.agent.ChainStatus.ProgramStatus;
import io.bpfchain.agent.Revision;
import io.bpfchain.agent.cli.render.Paint.Tone;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Chains, their maps and their history. */
public final class ChainTables {
    private ChainTables() {}

    /** {@code get chains}. */
    public static String chains(List<ChainStatus> chains, boolean wide, Instant now, Paint paint) {
        if (chains.isEmpty()) {
            return "No chains on this machine.\n";
        }
        List<String> header = new ArrayList<>(
                List.of("NAME", "ATTACH-TYPE", "CGROUP", "PRIORITY", "REVISION", "PROGRAMS", "HOOKS", "STATE", "AGE"));
        if (wide) {
            header.addAll(List.of("UPDATED", "MANAGER", "OBJECTS"));
        }
        Table table = Table.withHeader(header.toArray(String[]::new));
        chains.forEach(c -> table.add(row(c, wide, now).toArray(Table.Cell[]::new)));
        return table.text("", paint);
    }

    private static List<Table.Cell> row(ChainStatus c, boolean wide, Instant now) {
        List<Table.Cell> cells = new ArrayList<>(List.of(
                Table.Cell.of(c.name()),
                Table.Cell.of(c.attachType()),
                Table.Cell.of(c.cgroup()),
                Table.Cell.of(Integer.toString(c.priority())),
                Table.Cell.of(Integer.toString(c.revision())),
                Table.Cell.of(Integer.toString(c.programs().size())),
                Table.Cell.of(hooks(c)),
                new Table.Cell(c.state(), stateTone(c.state())),
                Table.Cell.of(Words.age(Duration.between(c.createdAt(), now)))));
        if (wide) {
            cells.add(Table.Cell.of(Words.age(Duration.between(c.appliedAt(), now))));
            cells.add(Table.Cell.of(c.manager()));
            cells.add(Table.Cell.of(Words.list(c.objects().stream()
                    .map(o -> o.name() + "@" + Words.shortened(o.digest()))
                    .toList())));
        }
        return cells;
    }

    private static String hooks(ChainStatus chain) {
        long current = chain.hooks().stream().filter(HookStatus::current).count();
        return current + "/" + chain.hooks().size();
    }

    private static Tone stateTone(String state) {
        return switch (state) {
            case "Running" -> Tone.GOOD;
            case "NotAttached" -> Tone.NOTICE;
            default -> Tone.BAD;
        };
    }

    /** {@code describe chain}. */
    public static String description(ChainStatus chain, Instant now, Paint paint) {
        StringBuilder text = new StringBuilder(facts(chain, now).text("", paint));
        Table objects = Table.withHeader("NAME", "SOURCE", "DIGEST", "INSTANCE");
        chain.objects().forEach(o -> objects.add(o.name(), o.source(), o.digest(), o.instance()));
        text.append("Objects:\n").append(objects.text("  ", paint));
        text.append("Programs, in the order in which they run:\n")
                .append(programTable(chain.programs()).text("  ", paint));
        text.append(chain.hooks().isEmpty() ? "Hooks: none; no cgroup matches now.\n" : "Hooks:\n");
        chain.hooks().forEach(h -> append(text, h, paint));
        if (!chain.maps().isEmpty()) {
            text.append("Maps:\n").append(mapTable(chain.maps(), true).text("  ", paint));
        }
        return text.toString();
    }

    private static Table facts(ChainStatus chain, Instant now) {
        Table facts = Table.withoutHeader();
        facts.add(Table.Cell.of("Name:"), new Table.Cell(chain.name(), Tone.STRONG));
        facts.add("Attach type:", chain.attachType());
        facts.add("Cgroup:", chain.cgroup());
        facts.add("Priority:", Integer.toString(chain.priority()));
        facts.add("Revision:", Integer.toString(chain.revision()));
        facts.add("Created:", ago(chain.createdAt(), now));
        facts.add("Applied:", ago(chain.appliedAt(), now) + " by " + chain.manager());
        facts.add(Table.Cell.of("State:"), new Table.Cell(chain.state(), stateTone(chain.state())));
        return facts;
    }

    private static String ago(Instant at, Instant now) {
        return seconds(at) + " (" + Words.age(Duration.between(at, now)) + " ago)";
    }

    private static Table programTable(List<ProgramStatus> all) {
        Table programs = Table.withHeader("#", "NAME", "OBJECT", "FUNCTION", "VERSION");
        for (int i = 0; i < all.size(); i++) {
            ProgramStatus p = all.get(i);
            programs.add(Integer.toString(i + 1), p.name(), p.object(), p.function(), Words.shortened(p.version()));
        }
        return programs;
    }

    private static void append(StringBuilder text, HookStatus hook, Paint paint) {
        text.append("  ")
                .append(hook.cgroup())
                .append(" (cgroup id ")
                .append(hook.cgroupId())
                .append("): ");
        text.append(
                hook.current()
                        ? paint.paint(Tone.GOOD, "current")
                        : paint.paint(Tone.BAD, hook.unreadable() ? "unknown" : "differs"));
        text.append('\n');
        for (int i = 0; i < hook.runs().size(); i++) {
            text.append("    ")
                    .append(i + 1)
                    .append(". ")
                    .append(hook.runs().get(i))
                    .append('\n');
        }
    }

    /** {@code get maps}. */
    public static String maps(ChainStatus chain, boolean wide, Paint paint) {
        return chain.maps().isEmpty()
                ? "Chain " + chain.name() + " has no maps.\n"
                : mapTable(chain.maps(), wide).text("", paint);
    }

    private static Table mapTable(List<MapStatus> maps, boolean wide) {
        List<String> header =
                new ArrayList<>(List.of("OBJECT", "NAME", "ID", "TYPE", "KEY", "VALUE", "MAX-ENTRIES", "ENTRIES"));
        if (wide) {
            header.add("PIN");
        }
        Table table = Table.withHeader(header.toArray(String[]::new));
        for (MapStatus m : maps) {
            List<String> cells = new ArrayList<>(List.of(
                    m.object(),
                    m.name(),
                    Integer.toString(m.id()),
                    m.type(),
                    Integer.toString(m.keySize()),
                    Integer.toString(m.valueSize()),
                    Integer.toString(m.maxEntries()),
                    m.entries() < 0 ? "-" : Integer.toString(m.entries())));
            if (wide) {
                cells.add(m.pins().isEmpty() ? "-" : m.pins().getFirst());
            }
            table.add(cells.toArray(String[]::new));
        }
        return table;
    }

    /** {@code history chain}. */
    public static String history(List<Revision> revisions, boolean wide, Paint paint) {
        Table table = Table.withHeader("REVISION", "AT", "DIGEST", "CURRENT", "CAUSE");
        for (Revision r : revisions) {
            table.add(
                    Table.Cell.of(Integer.toString(r.number())),
                    Table.Cell.of(seconds(r.at())),
                    Table.Cell.of(wide ? r.digest() : Words.shortened(r.digest())),
                    r.current() ? new Table.Cell("yes", Tone.GOOD) : Table.Cell.of("no"),
                    Table.Cell.of(r.cause()));
        }
        return table.text("", paint);
    }

    private static String seconds(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** One chain for machines. */
    public static ObjectNode document(ChainStatus chain) {
        ObjectNode node = Nodes.object()
                .put("name", chain.name())
                .put("attachType", chain.attachType())
                .put("cgroup", chain.cgroup())
                .put("priority", chain.priority())
                .put("revision", chain.revision())
                .put("createdAt", chain.createdAt().toString())
                .put("appliedAt", chain.appliedAt().toString())
                .put("manager", chain.manager())
                .put("state", chain.state());
        node.set("objects", Nodes.array(chain.objects(), ChainTables::object));
        node.set("programs", Nodes.array(chain.programs(), ChainTables::program));
        node.set("hooks", Nodes.array(chain.hooks(), ChainTables::hook));
        node.set("maps", Nodes.array(chain.maps(), ChainTables::map));
        return node;
    }

    /** Chains for machines. */
    public static ObjectNode documents(List<ChainStatus> chains) {
        ObjectNode node = Nodes.object();
        node.set("items", Nodes.array(chains, ChainTables::document));
        return node;
    }

    /** The maps of a chain for machines. */
    public static ObjectNode mapDocuments(ChainStatus chain) {
        ObjectNode node = Nodes.object();
        node.set("items", Nodes.array(chain.maps(), ChainTables::map));
        return node;
    }

    /** A history for machines. */
    public static ObjectNode historyDocument(List<Revision> revisions) {
        ObjectNode node = Nodes.object();
        node.set(
                "items",
                Nodes.array(
                        revisions,
                        r -> Nodes.object()
                                .put("revision", r.number())
                                .put("at", r.at().toString())
                                .put("digest", r.digest())
                                .put("current", r.current())
                                .put("message", r.cause())));
        return node;
    }

    private static ObjectNode object(ObjectStatus o) {
        return Nodes.object()
                .put("name", o.name())
                .put("source", o.source())
                .put("digest", o.digest())
                .put("instance", o.instance());
    }

    private static ObjectNode program(ProgramStatus p) {
        return Nodes.object()
                .put("name", p.name())
                .put("object", p.object())
                .put("function", p.function())
                .put("version", p.version());
    }

    private static ObjectNode hook(HookStatus h) {
        ObjectNode node = Nodes.object().put("cgroup", h.cgroup()).put("cgroupId", h.cgroupId());
        if (!h.unreadable()) {
            node.put("current", h.current());
        }
        node.set("runs", Nodes.array(h.runs(), Nodes::entry));
        return node;
    }

    private static ObjectNode map(MapStatus m) {
        ObjectNode node = Nodes.object()
                .put("object", m.object())
                .put("name", m.name())
                .put("id", m.id())
                .put("type", m.type())
                .put("keySize", m.keySize())
                .put("valueSize", m.valueSize())
                .put("maxEntries", m.maxEntries());
        if (m.entries() >= 0) {
            node.put("entries", m.entries());
        }
        node.set("pins", Nodes.strings(m.pins()));
        return node;
    }
}
