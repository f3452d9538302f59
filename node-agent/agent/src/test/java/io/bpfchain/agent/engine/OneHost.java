package io.bpfchain.agent.engine;

import io.bpfchain.planner.AttachType;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** Tests that each have a machine of their own on this kernel. */
@Tag("kernel")
abstract class OneHost {
    static final AttachType EGRESS = AttachType.CGROUP_INET_EGRESS;

    TestHost host;

    @BeforeEach
    void start(@TempDir Path state) {
        host = new TestHost(state);
    }

    @AfterEach
    void stop() {
        host.close();
    }
}
