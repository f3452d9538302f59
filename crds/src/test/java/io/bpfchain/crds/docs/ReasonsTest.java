package io.bpfchain.crds.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/operations.md} says of every reason that the code can give what to do. */
class ReasonsTest {
    private static final Path PAGE = Path.of("../docs/operations.md");
    private static final List<Path> CODE = List.of(
            Path.of("../operator/src/main/java"),
            Path.of("../node-agent/agent/src/main/java"),
            Path.of("../node-agent/kernel/src/main/java"),
            Path.of("../node-agent/planner/src/main/java"));
    private static final Pattern WORD = Pattern.compile("`(?<word>[A-Z][A-Za-z0-9]+)`");

    @Test
    void theOperationsPageHasEveryReason() throws IOException {
        Set<String> documented = new TreeSet<>();
        Markdown.read(PAGE)
                .rows()
                .forEach(cell -> WORD.matcher(cell).results().forEach(m -> documented.add(m.group("word"))));
        assertThat(documented).as("reasons that %s has a row for", PAGE).containsAll(ReasonsInCode.below(CODE));
    }

    @Test
    void reasonsAreFoundHoweverTheyAreWrittenDown(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("Giver.java"), """
                class Giver {
                    record Problem(int kind, String reason) {}
                    enum Reason { AsConstant }
                    static void tell(String reason, int more) {}
                    void give(boolean a, int b, String given) {
                        new Problem(1, "ToAComponent");
                        tell(a ? "OneOfTwo" : "OtherOfTwo", 1);
                        tell(switch (b) { case 1 -> "OneOfThree"; default -> given; }, 1);
                        String reason = "InAVariable";
                        tell("no word", 1);
                        System.out.println("SomethingElse");
                    }
                    String reason() { return "FromAMethod"; }
                }
                """);
        assertThat(ReasonsInCode.below(List.of(folder)))
                .containsExactlyInAnyOrder(
                        "AsConstant",
                        "ToAComponent",
                        "OneOfTwo",
                        "OtherOfTwo",
                        "OneOfThree",
                        "InAVariable",
                        "FromAMethod");
    }
}
