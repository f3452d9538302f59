package io.bpfchain.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadableStatusTest {
    private static final String STATUS = """
            {"spec": {"nodeUID": "n", "complete": true, "assignments": []},
             "status": {"nodeObjectUID": "o1", "assignmentsDigest": "sha256:0", "agentVersion": "9.9", "kernelRelease": "6.12",
                        "chains": [{"chain": "fw", "revision": 1, "digest": "sha256:1", "state": "STATE"}], "later": true}}
            """;

    private final PrintStream err = System.err;
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

    @BeforeEach
    void listen() {
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void hush() {
        System.setErr(err);
    }

    private static CgroupProgramNode read(String state) throws JsonProcessingException {
        return new ObjectMapper().readValue(STATUS.replace("STATE", state), CgroupProgramNode.class);
    }

    @Test
    void aStatusWithAFieldOfANewerVersionIsRead() throws JsonProcessingException {
        assertThat(read("Running").getStatus().chains()).hasSize(1);
        assertThat(logged.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void aStatusWithAWordOfANewerVersionCountsAsNoneAndIsLogged() throws JsonProcessingException {
        assertThat(read("Prepared").getStatus()).isNull();
        assertThat(logged.toString(StandardCharsets.UTF_8))
                .contains("counts as none")
                .contains("agentVersion=9.9")
                .contains("nodeObjectUID=o1")
                .contains("Prepared");
    }
}
