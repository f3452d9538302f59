package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.cli.render.Paint.Tone;
import io.bpfchain.agent.doctor.Check;
import io.bpfchain.agent.doctor.Diagnosis;
import java.util.List;
import java.util.Locale;

/** What {@code doctor} found. */
public final class DiagnosisText {
    private DiagnosisText() {}

    /** One line for each check; a remedy on a line of its own below what is not as it should be. */
    public static String text(Diagnosis diagnosis, Paint paint) {
        Table table = Table.withoutHeader();
        for (Check check : diagnosis.checks()) {
            table.add(
                    new Table.Cell(word(check), tone(check)),
                    Table.Cell.of(check.name()),
                    Table.Cell.of(check.found()));
        }
        List<String> lines = table.text("", paint).lines().toList();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            Check check = diagnosis.checks().get(i);
            text.append(lines.get(i)).append('\n');
            if (check.state() != Check.State.OK) {
                text.append("          ").append(check.remedy()).append('\n');
            }
        }
        return text.append(diagnosis.canWork() ? "bpfchain can work here.\n" : "bpfchain cannot work here yet.\n")
                .toString();
    }

    private static String word(Check check) {
        return check.state().name().toLowerCase(Locale.ROOT);
    }

    private static Tone tone(Check check) {
        return switch (check.state()) {
            case OK -> Tone.GOOD;
            case MISSING -> check.required() ? Tone.BAD : Tone.NOTICE;
            case UNKNOWN -> Tone.NOTICE;
        };
    }

    /** For machines. */
    public static ObjectNode document(Diagnosis diagnosis) {
        ObjectNode node = Nodes.object().put("canWork", diagnosis.canWork());
        node.set(
                "checks",
                Nodes.array(
                        diagnosis.checks(),
                        c -> Nodes.object()
                                .put("name", c.name())
                                .put("state", word(c))
                                .put("required", c.required())
                                .put("message", c.found())
                                .put("remedy", c.remedy())));
        return node;
    }
}
