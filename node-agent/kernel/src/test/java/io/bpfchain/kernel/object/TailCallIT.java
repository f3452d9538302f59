package io.bpfchain.kernel.object;

import static io.bpfchain.kernel.object.Objects.compiled;
import static io.bpfchain.kernel.object.Objects.fresh;
import static io.bpfchain.kernel.object.Objects.load;
import static io.bpfchain.kernel.object.Objects.loaded;
import static io.bpfchain.kernel.object.Objects.names;
import static io.bpfchain.kernel.object.Objects.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.MapHandle;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.AttachType;
import java.io.IOException;
import java.io.Writer;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A PROG_ARRAY is emptied when its last descriptor and pin go, so its pin is what keeps such a program at work. */
@Tag("kernel")
class TailCallIT {
    private final ObjectHelper helper = new ObjectHelper();

    @Test
    void aProgramThatDeniesByTailCallStillDeniesWhenItsLoaderIsGone() throws Exception {
        try (TestBpffs bpffs = TestBpffs.mount();
                TestCgroup cgroup = TestCgroup.create();
                DatagramSocket receiver = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            assertThat(send(cgroup, receiver.getLocalPort())).isZero();
            receiver.receive(new DatagramPacket(new byte[16], 16));
            loaded(helper.load(request(
                    compiled("tail-call"),
                    bpffs,
                    "one",
                    List.of(load("jump", AttachType.CGROUP_INET_EGRESS)),
                    List.of(fresh("next"), fresh("denied")))));
            Path pins = bpffs.directory().resolve("one");
            Commands.run(
                    "bpftool",
                    "cgroup",
                    "attach",
                    cgroup.directory().toString(),
                    "cgroup_inet_egress",
                    "pinned",
                    pins.resolve("prog_jump").toString(),
                    "multi");
            assertThat(send(cgroup, receiver.getLocalPort())).isNotZero();
            try (MapHandle denied = MapHandle.open(pins.resolve("map_denied"))) {
                byte[] count = denied.lookup(new byte[4]).orElseThrow();
                assertThat(ByteBuffer.wrap(count).order(ByteOrder.LITTLE_ENDIAN).getLong())
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void anUnusedProgramArrayIsNeitherMadeNorFilled() {
        try (TestBpffs bpffs = TestBpffs.mount()) {
            LoadOutcome.Loaded loaded = loaded(helper.load(request(
                    compiled("tail-call"),
                    bpffs,
                    "one",
                    List.of(load("allow", AttachType.CGROUP_INET_EGRESS)),
                    List.of())));
            assertThat(loaded.mapIds()).isEmpty();
            assertThat(names(bpffs.directory().resolve("one"))).containsExactly("id_prog_allow", "prog_allow");
        }
    }

    /** Sends one datagram from a process that joined the cgroup before it made its socket. Returns its exit code. */
    private static int send(TestCgroup cgroup, int port) throws IOException, InterruptedException {
        Process sender = new ProcessBuilder("bash", "-c", "read go; echo hello > /dev/udp/127.0.0.1/" + port)
                .redirectErrorStream(true)
                .start();
        cgroup.add(sender.pid());
        try (Writer in = sender.outputWriter(StandardCharsets.UTF_8)) {
            in.write("go\n");
        }
        sender.getInputStream().readAllBytes();
        return sender.waitFor();
    }
}
