package io.bpfchain.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.CgroupProgramNodeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryFileTest {
    private static final NodeMemory MEMORY = new NodeMemory(
            "cluster",
            "machine",
            "object",
            1,
            new CgroupProgramNodeSpec("node", true, List.of()),
            Map.of(),
            Set.of(),
            Set.of(),
            Map.of());

    @TempDir
    Path directory;

    private Path path;
    private MemoryFile file;

    @BeforeEach
    void choose() {
        path = directory.resolve("memory.json");
        file = new MemoryFile(path);
    }

    @Test
    void whatIsWrittenIsRead() {
        assertThat(file.read("machine")).isInstanceOf(MemoryFile.Memory.None.class);
        file.write(MEMORY);
        assertThat(file.read("machine")).isEqualTo(new MemoryFile.Memory.Known(MEMORY));
    }

    /** A directory stands for whatever an agent cannot read. */
    @Test
    void whatCannotBeReadIsRefusedAndKeptBesideWhatIsWrittenInstead() throws IOException {
        Files.createDirectory(path);
        assertThat(file.read("machine")).isInstanceOf(MemoryFile.Memory.Refused.class);

        file.write(MEMORY);

        assertThat(directory.resolve("memory.json.refused")).isDirectory();
        assertThat(file.read("machine")).isEqualTo(new MemoryFile.Memory.Known(MEMORY));
    }

    @Test
    void theMemoryOfAnotherMachineIsKeptBesideThisOnes() throws IOException {
        file.write(MEMORY);
        String theirs = Files.readString(path);
        assertThat(file.read("another")).isInstanceOf(MemoryFile.Memory.Refused.class);

        file.write(MEMORY);
        file.write(MEMORY);

        assertThat(directory.resolve("memory.json.refused")).hasContent(theirs);
    }
}
