package io.bpfchain.kernel.object;

import static io.bpfchain.kernel.object.Objects.compiled;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Inspects damaged objects, {@code -Dbpfchain.fuzz.objects} of them. The seed is printed; {@code -Dbpfchain.fuzz.seed} repeats a run. A
 * case that reaches the JVM as anything but a value fails the test and is kept in {@code target/fuzz}.
 */
class ObjectFuzzIT {
    private static final int COUNT = Integer.getInteger("bpfchain.fuzz.objects", 2_000);
    private static final long SEED = Long.getLong("bpfchain.fuzz.seed", System.nanoTime());
    private static final int THREADS = 2;
    private static final int[] VALUES = {0, 1, 2, 4, 8, 0x7f, 0x80, 0xff};
    private static final int HEADER = 64;

    private final ObjectHelper helper = new ObjectHelper();

    @TempDir
    Path directory;

    @Test
    void aDamagedObjectIsAValueAndNeverTheEndOfTheJvm() throws Exception {
        System.out.printf("ObjectFuzzIT: seed %d, %d objects%n", SEED, COUNT);
        List<byte[]> originals = List.of(
                Files.readAllBytes(compiled("firewall")),
                Files.readAllBytes(compiled("tail-call")),
                Files.readAllBytes(compiled("bad")));
        List<Callable<Map<String, Integer>>> parts = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int part = i;
            parts.add(() -> inspectAll(originals, part));
        }
        try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
            for (Future<Map<String, Integer>> result : executor.invokeAll(parts)) {
                System.out.println("ObjectFuzzIT: " + result.get());
            }
        }
    }

    private Map<String, Integer> inspectAll(List<byte[]> originals, int part) throws IOException {
        Random random = new Random(SEED + part);
        Map<String, Integer> outcomes = new TreeMap<>();
        Path file = directory.resolve("case-" + part + ".o");
        for (int i = 0; i < COUNT / THREADS; i++) {
            byte[] bytes = damaged(originals.get(random.nextInt(originals.size())), random);
            Files.write(file, bytes);
            outcomes.merge(outcome(file, bytes), 1, Integer::sum);
        }
        return outcomes;
    }

    private String outcome(Path file, byte[] bytes) throws IOException {
        try {
            return switch (helper.inspect(file)) {
                case InspectOutcome.Inspected inspected -> {
                    assertThat(inspected.object().functions()).isNotEmpty();
                    yield "Inspected";
                }
                case InspectOutcome.Refused refused -> {
                    // Failed would mean that the helper itself, not the object, is at fault.
                    assertThat(refused.refusal().reason())
                            .as(refused.refusal().message())
                            .isNotEqualTo(ObjectRefusal.Reason.Failed);
                    yield refused.refusal().reason().name();
                }
            };
        } catch (RuntimeException | AssertionError e) {
            Path kept = Files.createDirectories(Path.of("target", "fuzz")).resolve("failed.o");
            throw new AssertionError("seed %d: see %s".formatted(SEED, Files.write(kept, bytes)), e);
        }
    }

    /** Changes one to four bytes; half of the time near the section headers at the end, where the structure is. */
    private static byte[] damaged(byte[] original, Random random) {
        byte[] bytes = original.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = switch (random.nextInt(4)) {
                case 0 -> random.nextInt(HEADER);
                case 1 -> bytes.length - 1 - random.nextInt(Math.min(bytes.length, 30 * HEADER));
                default -> random.nextInt(bytes.length);
            };
            bytes[at] = (byte) (random.nextBoolean() ? VALUES[random.nextInt(VALUES.length)] : random.nextInt());
        }
        return random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }
}
