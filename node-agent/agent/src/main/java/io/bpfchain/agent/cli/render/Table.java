package io.bpfchain.agent.cli.render;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns, three spaces apart, as kubectl prints them. A column that is empty in every row takes no room. */
public final class Table {
    private static final String GAP = "   ";

    private final List<List<Cell>> rows = new ArrayList<>();

    private Table(List<String> header) {
        if (!header.isEmpty()) {
            rows.add(header.stream().map(Cell::of).toList());
        }
    }

    public static Table withHeader(String... columns) {
        return new Table(List.of(columns));
    }

    public static Table withoutHeader() {
        return new Table(List.of());
    }

    public void add(Cell... cells) {
        rows.add(List.of(cells));
    }

    public void add(String... cells) {
        rows.add(java.util.Arrays.stream(cells).map(Cell::of).toList());
    }

    /** Every row on a line of its own, each behind the indent; nothing stands after the last word of a line. */
    public String text(String indent, Paint paint) {
        List<Integer> widths = new ArrayList<>();
        for (List<Cell> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = row.get(i).width();
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<Cell> row : rows) {
            int last = row.size() - 1;
            while (last > 0 && row.get(last).text().isEmpty()) {
                last--;
            }
            text.append(indent);
            for (int i = 0; i <= last; i++) {
                Cell cell = row.get(i);
                text.append(paint.paint(cell.tone(), cell.text()));
                if (i < last && widths.get(i) > 0) {
                    text.repeat(' ', widths.get(i) - cell.width()).append(GAP);
                }
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** One field of a row. */
    public record Cell(String text, Paint.Tone tone) {
        public static Cell of(String text) {
            return new Cell(text, Paint.Tone.NORMAL);
        }

        private int width() {
            return text.codePointCount(0, text.length());
        }
    }
}
