package io.bpfchain.agent.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What the parser and the help know about a command. It is said by calls and not by annotations: for each kind of annotation that is
 * read, the JVM makes a class at every start (java.lang.reflect.Proxy), which no AOT cache keeps.
 */
final class Described {
    private final CommandSpec spec;

    /**
     * Begins a description.
     *
     * @param work a {@code Callable<Integer>} for the exit code
     * @param description a paragraph each
     */
    Described(String name, Object work, String... description) {
        spec = CommandSpec.wrapWithoutInspection(work).name(name);
        spec.usageMessage().description(description).sortOptions(false);
    }

    Described alias(String alias) {
        spec.aliases(alias);
        return this;
    }

    /** Options and parameters, in the order of the help. */
    Described takes(ArgSpec... arguments) {
        List.of(arguments).forEach(spec::add);
        return this;
    }

    /** Lines of the help below all else. */
    Described examples(String... lines) {
        spec.usageMessage().footerHeading("%nExamples:%n").footer(lines);
        return this;
    }

    CommandLine line() {
        return new CommandLine(spec);
    }

    /** An option without a value; its own is whether it is given. */
    static OptionSpec.Builder flag(String... names) {
        return OptionSpec.builder(names).type(boolean.class).initialValue(false);
    }

    /** An option with one value of a type. */
    static OptionSpec.Builder option(Class<?> type, String... names) {
        return OptionSpec.builder(names).type(type);
    }

    /** An option that may be repeated; its value is the list of all. */
    static OptionSpec.Builder repeated(String... names) {
        return OptionSpec.builder(names)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .initialValue(List.of());
    }

    /** The text at a place among the parameters, which must be given. */
    static PositionalParamSpec.Builder parameter(int index) {
        return PositionalParamSpec.builder()
                .index(Integer.toString(index))
                .type(String.class)
                .required(true);
    }

    /** The first parameter, which may be left out. */
    static PositionalParamSpec.Builder optional() {
        return parameter(0).arity("0..1").required(false);
    }

    /** All parameters, of which so many must be given. */
    static PositionalParamSpec.Builder words(int atLeast) {
        return PositionalParamSpec.builder()
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity(atLeast + "..*")
                .required(atLeast > 0)
                .initialValue(List.of());
    }
}
