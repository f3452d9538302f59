package io.bpfchain.agent.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ScopeType;

/** Writes the manual page (man-pages(7), groff_man(7)) from the command tree and a text that is written by hand. */
final class ManPage {
    private final StringBuilder page = new StringBuilder();

    static String of(CommandLine root, String byHand) {
        ManPage page = new ManPage();
        page.write(root, byHand);
        return page.page.toString();
    }

    private void write(CommandLine root, String byHand) {
        line(".\\\" Made from the commands themselves; ManPageTest says how.");
        line(".TH BPFCHAIN 1 \"\" \"bpfchain\" \"User Commands\"");
        line(".SH NAME");
        line("bpfchain \\- "
                + escape("ordered chains of cgroup-bpf programs, changed without interrupting the work they do"));
        line(".SH SYNOPSIS");
        line(".B bpfchain");
        line("[\\fIOPTION\\fR]... \\fICOMMAND\\fR [\\fIARGUMENT\\fR]...");
        line(".SH COMMANDS");
        root.getCommandSpec().subcommands().values().stream().distinct().forEach(this::command);
        line(".SH OPTIONS");
        line("All commands take these:");
        root.getCommandSpec().options().stream()
                .filter(o -> o.scopeType() == ScopeType.INHERIT)
                .forEach(this::option);
        line(".PP");
        line("Without a command:");
        root.getCommandSpec().options().stream()
                .filter(o -> o.scopeType() != ScopeType.INHERIT)
                .forEach(this::option);
        page.append(byHand);
    }

    private void command(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        boolean group = !spec.subcommands().isEmpty();
        if (!group || spec.options().stream().anyMatch(o -> !o.inherited())) {
            line(".SS " + escape(spec.qualifiedName(" ") + synopsis(spec)));
            for (String text : spec.usageMessage().description()) {
                line(escape(text));
            }
            spec.positionalParameters().forEach(this::parameter);
            spec.options().stream().filter(o -> !o.inherited()).forEach(this::option);
            line(".PP");
            line("Examples:");
            line(".PP");
            line(".nf");
            for (String example : spec.usageMessage().footer()) {
                line(escape(example));
            }
            line(".fi");
        }
        spec.subcommands().values().stream().distinct().forEach(this::command);
    }

    private static String synopsis(CommandSpec spec) {
        List<String> words = new ArrayList<>();
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            String label = parameter.paramLabel() + (parameter.arity().max() > 1 ? "..." : "");
            words.add(parameter.arity().min() == 0 ? "[" + label + "]" : label);
        }
        spec.options().stream()
                .filter(o -> !o.inherited() && o.required())
                .forEach(o -> words.add(o.shortestName() + " " + o.paramLabel()));
        return words.isEmpty() ? "" : " " + String.join(" ", words);
    }

    private void parameter(PositionalParamSpec parameter) {
        line(".TP");
        line("\\fI" + escape(parameter.paramLabel()) + "\\fR");
        line(escape(String.join(" ", parameter.description())));
    }

    private void option(OptionSpec option) {
        line(".TP");
        String label = option.arity().max() > 0 ? " \\fI" + escape(option.paramLabel()) + "\\fR" : "";
        line("\\fB" + escape(String.join(", ", option.names())) + "\\fR" + label);
        line(escape(String.join(" ", option.description())));
    }

    private void line(String text) {
        page.append(text).append('\n');
    }

    /** Backslashes, hyphens that are typed, and lines that would be taken for requests. */
    private static String escape(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
