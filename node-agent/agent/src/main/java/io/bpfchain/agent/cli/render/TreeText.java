package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.Tree;
import io.bpfchain.agent.Tree.EntryView;
import io.bpfchain.agent.Tree.HookView;
import io.bpfchain.agent.Tree.Node;
import io.bpfchain.agent.cli.render.Paint.Tone;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The cgroup hierarchy with box-drawing characters; below every hook the programs in the order in which they run there.
 *
 * @param wide also kernel ids, full versions and cgroup ids
 */
public record TreeText(Paint paint, boolean wide) {
    /** The whole picture. */
    public String text(Tree tree) {
        StringBuilder text = new StringBuilder(paint.paint(Tone.STRONG, tree.cgroupRoot())).append('\n');
        Branch root = new Branch();
        for (Node node : tree.nodes()) {
            root.at(node.cgroup()).hooks = node.hooks();
            root.at(node.cgroup()).id = node.cgroupId();
        }
        if (root.isEmpty()) {
            text.append("No cgroup below has programs.\n");
        }
        root.lines().forEach(l -> text.append(l).append('\n'));
        return text.toString();
    }

    /** Of one hook: the effective order, and what is in the list but does not run. */
    private List<String> entries(HookView hook) {
        Set<Integer> own = hook.entries().stream().map(EntryView::id).collect(Collectors.toSet());
        Set<Integer> runs = hook.effective().stream().map(EntryView::id).collect(Collectors.toSet());
        Table table = Table.withoutHeader();
        int position = 1;
        for (EntryView entry : hook.effective()) {
            table.add(cells(position++ + ".", entry, own.contains(entry.id()) ? "" : from(entry)));
        }
        for (EntryView entry : hook.entries()) {
            if (!runs.contains(entry.id())) {
                table.add(cells("-", entry, "does not run"));
            }
        }
        return table.text("", paint).lines().toList();
    }

    private static String from(EntryView entry) {
        return "from " + (entry.from().isEmpty() ? "above" : entry.from());
    }

    private Table.Cell[] cells(String position, EntryView entry, String note) {
        boolean ours = entry.owner().equals("bpfchain");
        List<Table.Cell> cells = new ArrayList<>();
        cells.add(new Table.Cell(position + " " + name(entry, ours), ours ? Tone.GOOD : Tone.NOTICE));
        cells.add(Table.Cell.of(version(entry, ours)));
        cells.add(Table.Cell.of(wide ? "id " + entry.id() : ""));
        cells.add(new Table.Cell(entry.held().equals("link") ? "link" : "", Tone.FAINT));
        cells.add(Table.Cell.of(stats(entry)));
        cells.add(new Table.Cell(note, Tone.FAINT));
        return cells.toArray(Table.Cell[]::new);
    }

    private static String name(EntryView entry, boolean ours) {
        if (ours) {
            return entry.chain() + "/" + entry.program();
        }
        return "foreign program " + entry.id() + (entry.name().isEmpty() ? "" : " \"" + entry.name() + "\"");
    }

    private String version(EntryView entry, boolean ours) {
        if (!ours) {
            return "";
        }
        return wide ? entry.version() : Words.shortened(entry.version());
    }

    private static String stats(EntryView entry) {
        if (entry.runs().isEmpty()) {
            return "";
        }
        long runs = entry.runs().getAsLong();
        long each = runs == 0 ? 0 : entry.nanoseconds().orElse(0) / runs;
        return Words.count(runs, "run") + (runs == 0 ? "" : ", " + each + " ns each");
    }

    /** For machines. */
    public static ObjectNode document(Tree tree) {
        ObjectNode node = Nodes.object().put("cgroupRoot", tree.cgroupRoot());
        node.set("cgroups", Nodes.array(tree.nodes(), n -> {
            ObjectNode cgroup = Nodes.object().put("cgroup", n.cgroup()).put("cgroupId", n.cgroupId());
            cgroup.set("hooks", Nodes.array(n.hooks(), TreeText::hook));
            return cgroup;
        }));
        node.set("warnings", Nodes.messages(tree.warnings()));
        return node;
    }

    private static ObjectNode hook(HookView hook) {
        ObjectNode node = Nodes.object().put("attachType", hook.attachType()).put("mode", hook.mode());
        node.set("entries", Nodes.array(hook.entries(), TreeText::entry));
        node.set("effective", Nodes.array(hook.effective(), TreeText::entry));
        return node;
    }

    private static ObjectNode entry(EntryView entry) {
        ObjectNode node =
                Nodes.object().put("id", entry.id()).put("name", entry.name()).put("owner", entry.owner());
        if (!entry.chain().isEmpty()) {
            node.put("chain", entry.chain()).put("program", entry.program()).put("version", entry.version());
        }
        if (!entry.from().isEmpty()) {
            node.put("from", entry.from());
        }
        node.put("held", entry.held());
        entry.runs().ifPresent(r -> node.put("runs", r));
        entry.nanoseconds().ifPresent(n -> node.put("nanoseconds", n));
        return node;
    }

    /** A cgroup while the picture is put together. */
    private final class Branch {
        private final Map<String, Branch> children = new LinkedHashMap<>();
        private List<HookView> hooks = List.of();
        private long id;

        Branch at(String path) {
            Branch branch = this;
            for (String segment : path.split("/", -1)) {
                if (!segment.isEmpty()) {
                    branch = branch.children.computeIfAbsent(segment, s -> new Branch());
                }
            }
            return branch;
        }

        boolean isEmpty() {
            return hooks.isEmpty() && children.isEmpty();
        }

        /** What hangs below this cgroup: its hooks, then its children. */
        List<String> lines() {
            List<List<String>> items = new ArrayList<>();
            for (HookView hook : hooks) {
                boolean plain = hook.mode().equals("multi") || hook.entries().isEmpty();
                String title = "[" + hook.attachType() + "]" + (plain ? "" : " " + hook.mode());
                items.add(item(title, entries(hook)));
            }
            children.forEach((name, child) ->
                    items.add(item(wide && child.id != 0 ? name + " (id " + child.id + ")" : name, child.lines())));
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < items.size(); i++) {
                boolean last = i == items.size() - 1;
                lines.add((last ? "└── " : "├── ") + items.get(i).getFirst());
                items.get(i).stream().skip(1).forEach(l -> lines.add((last ? "    " : "│   ") + l));
            }
            return lines;
        }

        private static List<String> item(String title, List<String> below) {
            List<String> lines = new ArrayList<>(List.of(title));
            lines.addAll(below);
            return lines;
        }
    }
}
