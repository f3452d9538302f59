package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The committed manual page is the one that the commands make; {@code -Dgoldens.update=true} writes it anew. */
class ManPageTest {
    private static final Path PAGE = Path.of("../../docs/man/bpfchain.1");
    private static final Path BY_HAND = Path.of("src/test/resources/cli/man-page-by-hand.groff");

    @Test
    void isWhatTheCommandsSay() throws IOException {
        String page = ManPage.of(CommandTree.ofFakes(), Files.readString(BY_HAND));
        assertThat(Goldens.expected(PAGE, page)).isEqualTo(page);
    }
}
