package io.bpfchain.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.agent.cli.render.Markup;
import java.util.function.Supplier;
import picocli.CommandLine.Model.OptionSpec;

/** The option {@code -o} of commands that print something. */
final class OutputOption {
    /** How to print. */
    enum Format {
        table,
        wide,
        json,
        yaml
    }

    private final OptionSpec format = Described.option(Format.class, "-o", "--output")
            .paramLabel("FORMAT")
            .defaultValue("table")
            .description("table, wide, json or yaml. Field names of json and yaml are stable.")
            .build();

    OptionSpec option() {
        return format;
    }

    private Format format() {
        return format.getValue();
    }

    boolean wide() {
        return format() == Format.wide;
    }

    /** Whether the output is for people. */
    boolean isText() {
        return format() == Format.table || format() == Format.wide;
    }

    /** The output in the chosen form; only that one is made. */
    String render(Supplier<String> text, Supplier<? extends JsonNode> document) {
        return switch (format()) {
            case table, wide -> text.get();
            case json -> Markup.json(document.get());
            case yaml -> Markup.yaml(document.get());
        };
    }
}
