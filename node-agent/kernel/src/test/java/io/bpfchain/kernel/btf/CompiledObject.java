package io.bpfchain.kernel.btf;

import io.bpfchain.kernel.btf.BtfType.Array;
import io.bpfchain.kernel.btf.BtfType.Composite;
import io.bpfchain.kernel.btf.BtfType.DataSection;
import io.bpfchain.kernel.btf.BtfType.Member;
import io.bpfchain.kernel.btf.BtfType.Placed;
import io.bpfchain.kernel.btf.BtfType.Pointer;
import io.bpfchain.kernel.btf.BtfType.Variable;
import io.bpfchain.kernel.object.MapDefinition;
import io.bpfchain.kernel.object.ObjectInfo;
import io.bpfchain.kernel.testing.BpfCompiler;
import io.bpfchain.kernel.testing.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What clang makes of a source: its BTF and map definitions, linked by bpftool so that the places of variables are filled in. */
public record CompiledObject(Btf btf, byte[] raw, ObjectInfo info) {
    private static final String PRELUDE = """
            #include <linux/bpf.h>
            #include <linux/in.h>
            #include <linux/in6.h>
            #include <linux/types.h>
            #include <stdbool.h>
            #include <bpf/bpf_helpers.h>
            char _license[] SEC("license") = "GPL";
            """;

    /** Compiles a source after the usual includes. */
    public static CompiledObject of(String source) {
        try {
            Path directory = Files.createTempDirectory("bpfchain-test-object");
            Path linked = directory.resolve("linked.o");
            Path compiled = BpfCompiler.compile(PRELUDE + source);
            Commands.run("bpftool", "gen", "object", linked.toString(), compiled.toString());
            byte[] raw = section(linked, ".BTF", compiled);
            Btf btf = ((BtfOutcome.Parsed) Btf.parse(raw)).btf();
            List<MapDefinition> maps = new ArrayList<>();
            for (DataSection s : btf.dataSections()) {
                if (s.name().equals(".maps")) {
                    s.variables().forEach(v -> maps.add(definition(btf, v)));
                } else if (s.name().startsWith(".rodata") || s.name().startsWith(".data")) {
                    maps.add(data(s, section(linked, s.name(), compiled)));
                } else if (s.name().startsWith(".bss")) {
                    maps.add(data(s, new byte[s.size()]));
                }
            }
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
            return new CompiledObject(btf, raw, new ObjectInfo(List.of(), maps, raw, "GPL", List.of()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The definition of a map. */
    public MapDefinition map(String name) {
        return info.maps().stream()
                .filter(m -> m.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The bytes of a section; kept beside the compiled object, for machines without llvm-objcopy. */
    private static byte[] section(Path object, String name, Path compiled) throws IOException {
        Path kept = compiled.resolveSibling(compiled.getFileName() + name);
        if (!Files.exists(kept)) {
            Path unfinished = Files.createTempFile(kept.toAbsolutePath().getParent(), "section", ".part");
            Commands.run("llvm-objcopy", "--dump-section", name + "=" + unfinished, object.toString(), "/dev/null");
            Files.move(unfinished, kept, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readAllBytes(kept);
    }

    private static MapDefinition data(DataSection section, byte[] bytes) {
        return new MapDefinition(section.name(), 2, 4, bytes.length, 1, 1 << 10, 0, 0, 0, false, true, bytes, false);
    }

    private static MapDefinition definition(Btf btf, Placed placed) {
        Variable variable = (Variable) btf.type(placed.id());
        Map<String, Integer> numbers = new HashMap<>();
        Map<String, Integer> types = new HashMap<>();
        boolean initialized = false;
        for (Member m : ((Composite) btf.resolved(variable.type())).members()) {
            if (btf.resolved(m.type()) instanceof Pointer p) {
                if (btf.type(p.target()) instanceof Array a) {
                    numbers.put(m.name(), (int) a.length());
                } else {
                    types.put(m.name(), p.target());
                }
            }
            initialized |= m.name().equals("values");
        }
        int key = types.getOrDefault("key", 0);
        int value = types.getOrDefault("value", 0);
        return new MapDefinition(
                variable.name(),
                numbers.getOrDefault("type", 0),
                key > 0 ? btf.sizeOf(key) : numbers.getOrDefault("key_size", 0),
                value > 0 ? btf.sizeOf(value) : numbers.getOrDefault("value_size", 0),
                numbers.getOrDefault("max_entries", 0),
                numbers.getOrDefault("map_flags", 0),
                numbers.getOrDefault("map_extra", 0),
                key,
                value,
                false,
                false,
                new byte[0],
                initialized);
    }
}
