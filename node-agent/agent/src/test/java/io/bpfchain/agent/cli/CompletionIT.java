package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestJvm;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The completion script as a real bash takes it. */
class CompletionIT {
    @Test
    void completesCommandsInBash() {
        String bpfchain = String.join(" ", TestJvm.command(List.of(), Main.class));
        String script = "bpfchain() { " + bpfchain + " \"$@\"; }; source <(bpfchain completion bash) && "
                + "COMP_WORDS=(bpfchain de) COMP_CWORD=1 COMP_LINE='bpfchain de' COMP_POINT=11 && "
                + "f=$(complete -p bpfchain | sed 's/.*-F \\([^ ]*\\).*/\\1/') && $f && printf '%s\\n' \"${COMPREPLY[@]}\"";

        String words = Commands.run("bash", "-c", script);

        assertThat(Stream.of(words.split("\\s+", -1))).contains("delete", "describe");
    }
}
