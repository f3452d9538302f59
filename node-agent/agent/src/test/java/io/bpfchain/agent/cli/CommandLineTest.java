package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.cli.render.Paint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Each file of {@code cli/golden} is a command line (its first line) and all that it prints, with its exit code. */
class CommandLineTest {
    private static final Clock NOW = Clock.fixed(Instant.parse("2026-11-03T10:00:00Z"), ZoneOffset.UTC);

    static List<Path> goldens() throws IOException {
        return Goldens.all();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void printsWhatTheGoldenFileSays(Path golden) throws IOException {
        List<String> lines = Files.readAllLines(golden);
        String command = lines.getFirst();
        assertThat(command).startsWith("$ bpfchain");
        assertThat(Goldens.expected(golden, run(command))).isEqualTo(run(command));
    }

    /** Not knowing the commands that are not named must not show; "get maps" makes a word of two commands a value. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "aply",
                "aply apply",
                "apply plam",
                "apply plan -f x",
                "apply --dry-rnu",
                "apply --help",
                "-h apply",
                "-vh apply",
                "--help get maps",
                "get map",
                "get maps apply more",
                "--state-dir apply",
                "get pods",
                "delete pods apply",
                "-v",
                "--state-dir apply tree --hlep",
                "delete chian apply",
                "completion tcsh apply",
                "kubectl status --help",
                "kubectl tree",
                "kubectl tere node",
                "kubectl",
                "-v kubectl history"
            })
    void saysTheSameAsAParserThatKnowsAllCommands(String line) throws IOException {
        List<String> args = List.of(line.split(" ", -1));
        assertThat(printed(args, Commands.named(args))).isEqualTo(printed(args, Commands.ALL));
    }

    private static String printed(List<String> args, Set<String> commands) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        Console console = new Console(InputStream.nullInputStream(), printed, printed, Paint.PLAIN, Paint.PLAIN, false);
        int code = new Main(new FakeMachine(new FakeHost(FakeHost.Mood.DOES), false), access -> new FakeFleet(), NOW)
                .run(args, console, commands);
        return out.toString(StandardCharsets.UTF_8) + code;
    }

    @Test
    void knowsEveryCommandByItsName() {
        CommandTree.ofFakes()
                .getSubcommands()
                .forEach((name, command) ->
                        assertThat(command.getCommandSpec().name()).isEqualTo(name));
    }

    /** What the parser does not ask for would be null in the command. */
    @Test
    void requiresEveryParameterThatIsNotOptional() {
        assertThat(parameters(CommandTree.ofFakes()).toList())
                .isNotEmpty()
                .allSatisfy(p -> assertThat(p.required())
                        .as(p.paramLabel() + " of " + p.command().qualifiedName())
                        .isEqualTo(p.arity().min() > 0));
    }

    private static Stream<PositionalParamSpec> parameters(CommandLine command) {
        return Stream.concat(
                command.getCommandSpec().positionalParameters().stream(),
                command.getSubcommands().values().stream().flatMap(CommandLineTest::parameters));
    }

    /** The first line may end with {@code #}, the mood of the host, and {@code colour} or {@code broken}. */
    private static String run(String line) throws IOException {
        String[] parts = line.split(" # ", 2);
        List<String> notes = parts.length == 2 ? Arrays.asList(parts[1].split(" ", -1)) : List.of();
        FakeHost.Mood mood = notes.isEmpty()
                        || notes.getFirst().equals("broken")
                        || notes.getFirst().equals("colour")
                ? FakeHost.Mood.DOES
                : FakeHost.Mood.valueOf(notes.getFirst().replace('-', '_').toUpperCase(Locale.ROOT));
        FakeHost host = new FakeHost(mood);
        FakeFleet fleet = new FakeFleet();
        List<String> args = Stream.of(
                        parts[0].substring("$ bpfchain".length()).trim().split(" ", -1))
                .filter(a -> !a.isEmpty())
                .toList();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Paint paint = notes.contains("colour") ? Paint.ANSI : Paint.PLAIN;
        Console console = new Console(
                new ByteArrayInputStream(Files.readAllBytes(Goldens.RESOURCES.resolve("chains/egress.yaml"))),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                paint,
                paint,
                notes.contains("colour"));
        int code = new Main(new FakeMachine(host, notes.contains("broken")), access -> fleet, NOW).run(args, console);
        StringBuilder text = new StringBuilder(line).append('\n');
        section(
                text,
                "asked",
                Stream.concat(host.calls().stream(), fleet.calls().stream()).collect(Collectors.joining("\n")));
        section(text, "out", out.toString(StandardCharsets.UTF_8));
        section(text, "err", err.toString(StandardCharsets.UTF_8));
        return text.append("--- exit ").append(code).append('\n').toString();
    }

    private static void section(StringBuilder text, String name, String content) {
        if (!content.isEmpty()) {
            text.append("--- ").append(name).append('\n');
            text.append(content.replace("\u001b", "<ESC>").replace("\r", "<CR>"));
            if (!content.endsWith("\n")) {
                text.append('\n');
            }
        }
    }

    @Test
    void everyCommandHasAGoldenHelpWithExamples() throws IOException {
        Set<String> shown = new TreeSet<>();
        for (Path golden : Goldens.all()) {
            String first = Files.readAllLines(golden).getFirst();
            if (first.endsWith(" --help")) {
                shown.add(first.substring("$ ".length(), first.length() - " --help".length()));
            }
        }
        Set<String> commands = new TreeSet<>();
        collect(CommandTree.ofFakes(), commands);
        assertThat(shown).isEqualTo(commands);
    }

    private static void collect(CommandLine command, Set<String> to) {
        to.add(command.getCommandSpec().qualifiedName(" "));
        if (command.getSubcommands().isEmpty()) {
            assertThat(command.getCommandSpec().usageMessage().footer())
                    .as("examples of " + command.getCommandName())
                    .isNotEmpty();
        }
        command.getSubcommands().values().forEach(c -> collect(c, to));
    }
}
