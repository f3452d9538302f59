package io.bpfchain.crds.file;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChainFilesFuzzTest {
    private static final int CASES = 3_000;
    private static final String[] TOKENS = {
        "\t",
        "&a ",
        "*a",
        "!!int ",
        "---\n",
        "- ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "|\n",
        ">\n",
        "? ",
        "null",
        "010",
        "\\u0000",
        "\uD83D",
        "1e999999999",
        "spec:",
        "9".repeat(50),
        "\u0000",
        "%YAML 1.1\n",
        "<<: "
    };

    @Test
    void neverThrowsOnMutatedFiles() {
        long seed = Long.getLong("bpfchain.seed", System.nanoTime());
        Random random = new Random(seed);
        List<byte[]> valid = ChainFixtures.named("valid-").stream()
                .map(p -> ChainFixtures.text(p).getBytes(StandardCharsets.UTF_8))
                .toList();
        for (int i = 0; i < CASES; i++) {
            byte[] mutated = mutate(valid.get(random.nextInt(valid.size())), random);
            String text = new String(mutated, StandardCharsets.UTF_8);
            assertThatCode(() -> {
                        new ChainFiles().parse("f", text, Path.of("/"));
                        new EntriesFile().parse("f.txt", text);
                        new EntriesFile().parse("f.yaml", text);
                        FileBytes.decode(mutated, "f");
                    })
                    .as("-Dbpfchain.seed=%d, case %d:%n%s", seed, i, text)
                    .doesNotThrowAnyException();
        }
    }

    private static byte[] mutate(byte[] bytes, Random random) {
        StringBuilder text = new StringBuilder(new String(bytes, StandardCharsets.ISO_8859_1));
        for (int i = 1 + random.nextInt(4); i > 0 && !text.isEmpty(); i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(20)));
                case 2 -> text.insert(at, TOKENS[random.nextInt(TOKENS.length)]);
                default -> text.insert(at, text.substring(random.nextInt(at + 1), at));
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
