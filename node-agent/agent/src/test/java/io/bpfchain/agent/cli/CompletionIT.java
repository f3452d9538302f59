package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestJvm;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The completion script as a real bash takes it. */
class CompletionIT {
    /** Stands for the machine, once the script is read. */
    private static final String MACHINE = """
            bpfchain() {
              case "$*" in
                "get chains") printf 'NAME AGE\\negress-firewall 2d\\nmetering 2d\\n' ;;
                "get maps metering") printf 'OBJECT NAME\\nmain counters\\nmain flows\\n' ;;
                *) echo "error: $*" >&2; return 2 ;;
              esac
            }
            """;

    @Test
    void completesCommandsInBash() {
        assertThat(completed("", "de")).contains("delete", "describe");
    }

    @ParameterizedTest
    @CsvSource({
        "'describe chain ', egress-firewall metering",
        "describe chain met, metering",
        "history chain eg, egress-firewall",
        "rollback chain eg, egress-firewall",
        "get maps m, metering",
        "delete chain metering eg, egress-firewall",
        "dump map m, metering",
        "'dump map metering ', counters flows",
        "dump map metering f, flows"
    })
    void completesTheNamesThatTheMachineKnows(String line, String names) {
        assertThat(completed(MACHINE, line)).containsExactly(names.split(" ", -1));
    }

    private static List<String> completed(String machine, String line) {
        String bpfchain = String.join(" ", TestJvm.command(List.of(), Main.class));
        String[] words = line.split(" ", -1);
        String array = String.join(" ", Stream.of(words).map(w -> "'" + w + "'").toList());
        String script = "bpfchain() { " + bpfchain + " \"$@\"; }\nsource <(bpfchain completion bash)\n" + machine
                + "COMP_WORDS=(bpfchain " + array + ") COMP_CWORD=" + words.length + " COMP_LINE='bpfchain " + line
                + "' COMP_POINT=" + ("bpfchain " + line).length() + "\n"
                + "f=$(complete -p bpfchain | sed 's/.*-F \\([^ ]*\\).*/\\1/') && $f 2>/dev/null && printf '%s\\n' \"${COMPREPLY[@]}\"";
        return Stream.of(Commands.run("bash", "-c", script).strip().split("\\s+", -1))
                .toList();
    }
}
