package io.bpfchain.crds.file;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Where the fields of one chain are written, so that what is found wrong with them after the file was read can be told as the reader
 * itself would tell it.
 *
 * @param file as the user named it
 * @param prefix what stands before {@code spec} in the file: empty, or {@code items[2].} in a list
 * @param lines 1-based, by field without the prefix, for example {@code spec.objects[0].source}
 */
public record Places(String file, String prefix, Map<String, Integer> lines) {
    public Places {
        Objects.requireNonNull(file);
        Objects.requireNonNull(prefix);
        lines = Map.copyOf(lines);
    }

    /** Of a chain that no file has. */
    public static Places none(String name) {
        return new Places(name, "", Map.of());
    }

    static Places of(Tree.Mapping document, String file, String prefix) {
        Map<String, Integer> lines = new HashMap<>();
        lines.put("", document.line());
        fill(document, "", lines);
        return new Places(file, prefix, lines);
    }

    private static void fill(Tree tree, String path, Map<String, Integer> lines) {
        switch (tree) {
            case Tree.Mapping mapping ->
                mapping.fields().forEach(f -> {
                    String field = path.isEmpty() ? f.key() : path + "." + f.key();
                    lines.put(field, f.line());
                    fill(f.value(), field, lines);
                });
            case Tree.Sequence sequence -> {
                for (int i = 0; i < sequence.items().size(); i++) {
                    Tree item = sequence.items().get(i);
                    lines.put(path + "[" + i + "]", item.line());
                    fill(item, path + "[" + i + "]", lines);
                }
            }
            case Tree.Scalar _, Tree.Refused _ -> {}
        }
    }

    /** The field as it is called in the file. */
    public String field(String field) {
        return prefix + field;
    }

    /** The line of a field, or of the nearest one around it that is written; 0 where nothing is. */
    public int line(String field) {
        String path = field;
        while (true) {
            Integer line = lines.get(path);
            if (line != null) {
                return line;
            }
            if (path.isEmpty()) {
                return 0;
            }
            path = path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
        }
    }
}
