package io.bpfchain.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PinNameTest {
    @Test
    void keepsPlainNamesReadable() {
        assertThat(PinName.encode("block-metadata_2")).isEqualTo("block-metadata_2");
    }

    @Test
    void escapesWhatBpffsOrAPathWouldRefuse() {
        assertThat(PinName.encode(".rodata.str1.1")).isEqualTo("%2erodata%2estr1%2e1");
        assertThat(PinName.encode("../x")).isEqualTo("%2e%2e%2fx");
        assertThat(PinName.encode("")).isEqualTo("%");
        assertThat(PinName.encode("%2e")).isEqualTo("%252e");
        assertThat(PinName.encode("é")).isEqualTo("%c3%a9");
    }

    @Test
    void refusesNamesThatNoFileCanHave() {
        assertThatThrownBy(() -> PinName.encode(".".repeat(81)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too long");
    }

    @Test
    void doesNotDecodeWhatItNeverMakes() {
        assertThat(PinName.decode("%new-x")).isEmpty();
        assertThat(PinName.decode("%gone-x")).isEmpty();
        assertThat(PinName.decode("%2")).isEmpty();
        assertThat(PinName.decode("%2E")).isEmpty();
        assertThat(PinName.decode("%61")).isEmpty();
        assertThat(PinName.decode("%ff")).isEmpty();
        assertThat(PinName.decode("")).isEmpty();
        assertThat(PinName.decode("a.b")).isEmpty();
    }

    @Test
    void givesDifferentNamesDifferentFiles() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "ab%._-/2e é\u0000𝄞";
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(8); length > 0; length--) {
                text.appendCodePoint(alphabet.codePoints()
                        .toArray()[random.nextInt((int) alphabet.codePoints().count())]);
            }
            String name = text.toString();
            String file = PinName.encode(name);

            assertThat(file).as("seed %d", seed).matches("[A-Za-z0-9_%-]+");
            assertThat(PinName.decode(file)).as("seed %d", seed).hasValue(name);
            assertThat(names.putIfAbsent(file, name)).as("seed %d", seed).isIn(null, name);
        }
    }
}
