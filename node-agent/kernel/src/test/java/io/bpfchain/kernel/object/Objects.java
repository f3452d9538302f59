package io.bpfchain.kernel.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.object.LoadRequest.FunctionLoad;
import io.bpfchain.kernel.object.LoadRequest.How;
import io.bpfchain.kernel.object.LoadRequest.MapLoad;
import io.bpfchain.kernel.testing.BpfCompiler;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.planner.AttachType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the tests of this package say often. */
final class Objects {
    static final int RDONLY_PROG = 1 << 7;

    private Objects() {}

    /** Compiles {@code src/test/resources/objects/NAME.bpf.c}. */
    static Path compiled(String name, String... options) {
        return BpfCompiler.compile(Path.of("src/test/resources/objects", name + ".bpf.c"), options);
    }

    static ObjectInfo inspected(InspectOutcome outcome) {
        assertThat(outcome).isInstanceOf(InspectOutcome.Inspected.class);
        return ((InspectOutcome.Inspected) outcome).object();
    }

    static ObjectRefusal refused(InspectOutcome outcome) {
        assertThat(outcome).isInstanceOf(InspectOutcome.Refused.class);
        return ((InspectOutcome.Refused) outcome).refusal();
    }

    static LoadOutcome.Loaded loaded(LoadOutcome outcome) {
        assertThat(outcome).isInstanceOf(LoadOutcome.Loaded.class);
        return (LoadOutcome.Loaded) outcome;
    }

    static ObjectRefusal refused(LoadOutcome outcome) {
        assertThat(outcome).isInstanceOf(LoadOutcome.Refused.class);
        return ((LoadOutcome.Refused) outcome).refusal();
    }

    static FunctionInfo function(ObjectInfo object, String name) {
        return object.functions().stream()
                .filter(f -> f.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static MapDefinition map(ObjectInfo object, String name) {
        return object.maps().stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static FunctionLoad load(String function, AttachType type) {
        return new FunctionLoad(
                function,
                type.programType().code(),
                type.code(),
                ("identity of " + function).getBytes(StandardCharsets.UTF_8),
                "prog_" + function);
    }

    static MapLoad fresh(String map) {
        return fresh(map, 0);
    }

    static MapLoad fresh(String map, int addFlags) {
        return new MapLoad(map, pinName(map), new How.Create(addFlags, Optional.empty()));
    }

    static MapLoad filled(String map, byte[] value) {
        return new MapLoad(map, pinName(map), new How.Create(0, Optional.of(value)));
    }

    static MapLoad reused(String map, Path pin) {
        return new MapLoad(map, pinName(map), new How.Reuse(pin));
    }

    /** Names on bpffs hold no dots. */
    static String pinName(String map) {
        return "map_" + map.replace('.', '-');
    }

    static LoadRequest request(
            Path object, TestBpffs bpffs, String instance, List<FunctionLoad> functions, List<MapLoad> maps) {
        return new LoadRequest(
                object, bpffs.directory().resolve(instance), Path.of("target", "verifier-logs"), functions, maps);
    }

    /** What lies there, without the files that every bpffs shows ({@code maps.debug}, {@code progs.debug}). */
    static List<String> names(Path directory) {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(p -> p.getFileName().toString())
                    .filter(n -> !n.contains("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
