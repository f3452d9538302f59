package io.bpfchain.crds.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every relative link of every page leads to a file, and its anchor to a heading. */
class LinksTest {
    private static final Path REPOSITORY = Path.of("..");
    private static final Set<String> NOT_OURS = Set.of("target", "dist", ".git");
    private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");

    @Test
    void everyLinkOfTheRepositoryLeadsSomewhere() throws IOException {
        List<Path> pages = pages(REPOSITORY);
        assertThat(pages).hasSizeGreaterThan(15);
        assertThat(broken(pages)).isEmpty();
    }

    @Test
    void aMissingFileAndAMissingHeadingAreFound(@TempDir Path folder) throws IOException {
        Path page = folder.resolve("page.md");
        Files.writeString(page, """
                # A title: `with code`
                [itself](#a-title-with-code), [elsewhere](https://example.org/x), `[code](nowhere)`
                ```
                # no heading
                [no link](nowhere)
                ```
                [a](gone.md) [b](#no-heading) [c](page.md#a-title-with-code) [d](page.md#gone)
                """);
        assertThat(broken(List.of(page)))
                .containsExactly(
                        page + ":7: gone.md: there is no such file",
                        page + ":7: #no-heading: there is no such heading",
                        page + ":7: page.md#gone: there is no such heading");
    }

    @Test
    void titlesThatOccurTwiceHaveNumberedAnchors() {
        assertThat(Markdown.of("## One\n## Two words\n## One\n").anchors())
                .containsExactlyInAnyOrder("one", "two-words", "one-1");
    }

    private static List<Path> pages(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(f -> f.toString().endsWith(".md"))
                    .filter(f -> Stream.iterate(f, p -> p != null, Path::getParent)
                            .noneMatch(p -> p.getFileName() != null
                                    && NOT_OURS.contains(p.getFileName().toString())))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> broken(List<Path> pages) throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages) {
            for (Markdown.Link link : Markdown.read(page).links()) {
                if (!ELSEWHERE.matcher(link.target()).matches()) {
                    String problem = problem(page, link.target());
                    if (!problem.isEmpty()) {
                        broken.add(page + ":" + link.line() + ": " + link.target() + ": " + problem);
                    }
                }
            }
        }
        return broken;
    }

    private static String problem(Path page, String target) throws IOException {
        int hash = target.indexOf('#');
        String file = hash < 0 ? target : target.substring(0, hash);
        Path to = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (!Files.exists(to)) {
            return "there is no such file";
        }
        boolean there = hash < 0 || Markdown.read(to).anchors().contains(target.substring(hash + 1));
        return there ? "" : "there is no such heading";
    }
}
