package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.cli.render.Paint;
import io.bpfchain.agent.engine.TestHost;
import io.bpfchain.agent.source.HttpsDownload;
import io.bpfchain.agent.source.Limits;
import io.bpfchain.agent.source.TestHttps;
import io.bpfchain.agent.state.Digests;
import io.bpfchain.kernel.testing.BpfCompiler;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.AttachType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each file of {@code bad-input/cases} is a chain file that must not go through, with the exit code and the exact errors as comments.
 * Afterwards nothing is attached, pinned, cached or half-written. {@code -Dgoldens.update=true} writes the comments anew.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {
    private static final Path CASES = Path.of("src/test/resources/bad-input/cases");
    private static final Path SOURCES = Path.of("src/test/resources/bad-input/bpf");
    private static final String COMMENT = "# ";

    /** For servers that never answer: nothing but time can end these. */
    private static final Limits IMPATIENT = new Limits(1000, Duration.ofSeconds(30), Duration.ofMillis(1500));

    /** What a case writes as {@code ${...}}, and what it stands for here. */
    private final Map<String, String> placeholders = new LinkedHashMap<>();

    private final Path directory = temporary();
    private final TestHttps server = TestHttps.start(directory);
    private final TestHost machine = new TestHost(directory.resolve("state"));

    @BeforeAll
    void prepare() throws IOException {
        try (Stream<Path> sources = Files.list(SOURCES)) {
            for (Path source : sources.sorted().toList()) {
                String name = source.getFileName().toString().replace(".c", "");
                placeholders.put(
                        "${object:" + name + "}", BpfCompiler.compile(source).toString());
            }
        }
        Path good = Path.of(placeholder("${object:good}"));
        placeholders.put(
                "${object:nobtf}",
                BpfCompiler.compile(SOURCES.resolve("connect.c"), "-g0").toString());
        byte[] bytes = Files.readAllBytes(good);
        file("empty", new byte[0]);
        file("garbage", "this is no object\n".getBytes(StandardCharsets.UTF_8));
        file("truncated", Arrays.copyOf(bytes, 100));
        file("half", Arrays.copyOf(bytes, bytes.length / 2));
        file("large", new byte[(64 << 20) + 1]);
        serve(good);
        placeholders.put("${cgroup}", machine.cgroup().path());
        placeholders.put("${name}", machine.cgroup().directory().getFileName().toString());
        placeholders.put("${state}", machine.state().toString());
        placeholders.put("${bpffs}", machine.bpffs().toString());
        placeholders.put("${mount}", TestCgroup.mount().toString());
        placeholders.put("${dir}", directory.toString());
    }

    private void serve(Path good) throws IOException {
        placeholders.put("${server}", server.url(""));
        placeholders.put("${digest:good}", Digests.of(good).substring("sha256:".length()));
        placeholders.put(
                "${digest:garbage}",
                Digests.of(Path.of(placeholder("${file:garbage}"))).substring("sha256:".length()));
        server.serve("/good.o", good);
        server.serve("/garbage.o", Path.of(placeholder("${file:garbage}")));
        server.serve("/later.o", e -> TestHttps.answer(e, 503, "later"));
        server.serve("/announced.o", e -> e.sendResponseHeaders(200, Limits.DEFAULT.bytes() + 1));
        server.endless("/endless.o");
        server.silent("/silent.o");
        server.stalled("/stalled.o");
        server.serve("/moved.o", e -> {
            e.getResponseHeaders().set("Location", "http://localhost:1/a.o");
            e.sendResponseHeaders(302, -1);
        });
    }

    private void file(String name, byte[] content) throws IOException {
        placeholders.put(
                "${file:" + name + "}",
                Files.write(directory.resolve(name), content).toString());
    }

    private String placeholder(String name) {
        return java.util.Objects.requireNonNull(placeholders.get(name));
    }

    @AfterAll
    void close() throws IOException {
        machine.close();
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("bpfchain-bad-input");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> cases() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files.sorted().toList();
        }
    }

    @Test
    void thereAreAtLeastSixtyCases() throws IOException {
        assertThat(cases()).hasSizeGreaterThanOrEqualTo(60);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedWithTheMessageThatTheFileSays(Path badCase) throws IOException {
        List<String> lines = Files.readAllLines(badCase);
        List<String> expected = lines.stream()
                .takeWhile(l -> l.startsWith(COMMENT))
                .map(l -> l.substring(COMMENT.length()))
                .toList();
        String chain = String.join("\n", lines.subList(expected.size(), lines.size()));
        Path file = Files.writeString(directory.resolve("chain.yaml"), fill(chain));
        List<String> before = kept();

        List<String> actual =
                apply(file, badCase.getFileName().toString().startsWith("url-timeout") ? IMPATIENT : Limits.DEFAULT);

        if (Boolean.getBoolean("goldens.update")) {
            Files.writeString(
                    badCase, actual.stream().map(l -> COMMENT + l + "\n").collect(Collectors.joining()) + chain + "\n");
        } else {
            assertThat(actual).isEqualTo(expected);
        }
        assertThat(actual.getFirst()).isNotEqualTo("exit: 0");
        assertThat(machine.list(AttachType.CGROUP_INET_EGRESS)).isEmpty();
        assertThat(kept()).isEqualTo(before);
    }

    private List<String> apply(Path file, Limits limits) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        LocalMachine trusting = new LocalMachine(
                Clock.systemUTC(),
                limits,
                () -> new HttpsDownload(limits, Optional.of(server.trust())),
                Duration.ofSeconds(30));
        int code = new Main(trusting, access -> new FakeFleet(), Clock.systemUTC())
                .run(
                        List.of(
                                "apply",
                                "-f",
                                file.toString(),
                                "--state-dir",
                                machine.state().toString(),
                                "--bpffs",
                                machine.bpffs().toString()),
                        new Console(
                                InputStream.nullInputStream(),
                                new PrintStream(out, true, StandardCharsets.UTF_8),
                                new PrintStream(err, true, StandardCharsets.UTF_8),
                                Paint.PLAIN,
                                Paint.PLAIN,
                                false));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
        List<String> lines = new ArrayList<>(List.of("exit: " + code));
        unfill(err.toString(StandardCharsets.UTF_8))
                .lines()
                .filter(l -> !l.startsWith("      ")) // the verifier's own words, which differ from kernel to kernel
                .forEach(lines::add);
        return lines;
    }

    /** Everything that a refused change could have left: pins, and files of the state directory but verifier logs. */
    private List<String> kept() throws IOException {
        List<String> kept = new ArrayList<>();
        for (Path root : List.of(machine.state(), machine.bpffs())) {
            if (Files.exists(root)) {
                try (Stream<Path> files = Files.walk(root)) {
                    files.filter(Files::isRegularFile)
                            .map(Path::toString)
                            .filter(f -> !f.contains("/logs/"))
                            .forEach(kept::add);
                }
            }
        }
        kept.sort(null);
        return kept;
    }

    private String fill(String text) {
        String filled = text;
        for (Map.Entry<String, String> p : placeholders.entrySet()) {
            filled = filled.replace(p.getKey(), p.getValue());
        }
        return filled;
    }

    private String unfill(String text) {
        String unfilled = text;
        for (Map.Entry<String, String> p : placeholders.entrySet()) {
            unfilled = unfilled.replace(p.getValue(), p.getKey());
        }
        return unfilled.replaceAll("/objects/[0-9a-f]{64}", "/objects/<digest>")
                .replaceAll("is sha256:[0-9a-f]{64}", "is sha256:<digest>")
                .replaceAll("%new-[0-9a-f]{16}", "%new-<instance>")
                .replaceAll("[0-9a-f]{16}\\.bpf\\.c", "<source>.bpf.c");
    }
}
