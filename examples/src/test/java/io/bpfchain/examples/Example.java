package io.bpfchain.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.agent.cli.Main;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.kernel.testing.traffic.Probe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A copy of an example's folder in which only the path of the cgroup is another one, with a bpffs and a state directory of
 * its own. Close takes everything out of the kernel again.
 */
final class Example implements AutoCloseable {
    private static final String DEMO_CGROUP = "/bpfchain-demo";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final TestCgroup cgroup = TestCgroup.create();
    private final TestBpffs bpffs = TestBpffs.mount();

    private Example(Path directory) {
        this.directory = directory;
    }

    /** The example in this folder. */
    static Example of(String folder) {
        Example example;
        try {
            example = new Example(Files.createTempDirectory("bpfchain-example"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                example.copy(file);
            }
            return example;
        } catch (IOException e) {
            example.release();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | AssertionError e) {
            example.release();
            throw e;
        }
    }

    private void copy(Path file) throws IOException {
        Path to = directory.resolve(file.getFileName());
        String text = file.toString().endsWith(".yaml") ? Files.readString(file) : "";
        if (text.lines().anyMatch("kind: CgroupProgramChain"::equals)) {
            assertThat(text).as("%s names the cgroup of the README", file).contains(DEMO_CGROUP);
            Files.writeString(to, text.replace(DEMO_CGROUP, cgroup.path()));
        } else {
            Files.copy(file, to);
        }
    }

    TestCgroup cgroup() {
        return cgroup;
    }

    /** Makes system calls from inside the example's cgroup. */
    Probe probe() {
        return Probe.in(cgroup);
    }

    /** Edits a file as a reader would. */
    void edit(String file, String text, String by) {
        try {
            String old = Files.readString(directory.resolve(file));
            assertThat(old).contains(text);
            Files.writeString(directory.resolve(file), old.replace(text, by));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Applies a file of the folder, or {@code .} for all of them; it must succeed. */
    String apply(String file) {
        return succeed("apply", "-f", directory.resolve(file).normalize().toString());
    }

    /** Says what applying a file would do; it must be possible. */
    String plan(String file) {
        return succeed("plan", "-f", directory.resolve(file).normalize().toString());
    }

    /** Runs a command that must exit with 0; what it printed. */
    String succeed(String... arguments) {
        Result result = run(arguments);
        assertThat(result.code())
                .as("bpfchain %s%n%s%s", String.join(" ", arguments), result.out(), result.err())
                .isZero();
        return result.out();
    }

    /** Runs a command. */
    Result run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--state-dir",
                directory.resolve("state").toString(),
                "--bpffs",
                bpffs.directory().toString(),
                "--cgroup-root",
                TestCgroup.mount().toString()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                all,
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The entries of a map: objects with {@code key} and {@code value}. */
    List<JsonNode> dump(String chain, String map) {
        try {
            JsonNode entries = JSON.readTree(succeed("dump", "map", chain, map, "-o", "json"));
            return StreamSupport.stream(entries.spliterator(), false).toList();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number at an index of a per-CPU array, over all CPUs; {@code field} names a member of its value, or is empty. */
    long count(String chain, String map, int index, String field) {
        JsonNode perCpu = dump(chain, map).stream()
                .filter(e -> e.path("key").asInt(-1) == index)
                .findFirst()
                .orElseThrow()
                .path("value");
        return StreamSupport.stream(perCpu.spliterator(), false)
                .mapToLong(v -> (field.isEmpty() ? v : v.path(field)).asLong())
                .sum();
    }

    /** The number at an index of a per-CPU array of plain numbers, over all CPUs. */
    long count(String chain, String map, int index) {
        return count(chain, map, index, "");
    }

    @Override
    public void close() {
        try {
            for (String chain : chains()) {
                succeed("delete", "chain", chain);
            }
        } finally {
            release();
        }
    }

    private void release() {
        cgroup.close();
        bpffs.close();
        removeDirectory();
    }

    private List<String> chains() {
        try {
            JsonNode chains =
                    JSON.readTree(succeed("get", "chains", "-o", "json")).path("items");
            return StreamSupport.stream(chains.spliterator(), false)
                    .map(chain -> chain.path("name").asText())
                    .toList();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void removeDirectory() {
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a command left. */
    record Result(int code, String out, String err) {}
}
