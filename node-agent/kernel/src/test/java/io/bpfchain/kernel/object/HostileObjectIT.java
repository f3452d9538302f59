package io.bpfchain.kernel.object;

import static io.bpfchain.kernel.object.Objects.fresh;
import static io.bpfchain.kernel.object.Objects.load;
import static io.bpfchain.kernel.object.Objects.names;
import static io.bpfchain.kernel.object.Objects.refused;
import static io.bpfchain.kernel.object.Objects.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.NativeLibrary;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.planner.AttachType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Objects that kill libbpf 1.1.2 in {@code bpf_object__open_mem}: one byte of a good object is changed. */
class HostileObjectIT {
    static List<Path> objects() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/hostile"))) {
            return files.map(Path::toAbsolutePath).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("objects")
    void killTheHelperAndNothingElse(Path object) {
        HelperProcess process = new HelperProcess(NativeLibrary.directory().resolve("bpfchain-elf"));
        assertThat(process.run(HelperRequest.inspect(object), Duration.ofSeconds(20)))
                .isInstanceOf(HelperProcess.End.Killed.class);
        ObjectRefusal refusal = refused(new ObjectHelper().inspect(object));
        assertThat(refusal.reason()).isEqualTo(ObjectRefusal.Reason.HelperCrashed);
        assertThat(refusal.message()).isEqualTo("open %s: libbpf crashed on this object (signal 11)", object);
    }

    @ParameterizedTest
    @MethodSource("objects")
    void leaveNothingBehindWhenTheyAreLoaded(Path object) {
        try (TestBpffs bpffs = TestBpffs.mount()) {
            ObjectRefusal refusal = refused(new ObjectHelper()
                    .load(request(
                            object,
                            bpffs,
                            "one",
                            List.of(load("f", AttachType.CGROUP_INET_EGRESS)),
                            List.of(fresh("m")))));
            assertThat(refusal.reason()).isEqualTo(ObjectRefusal.Reason.HelperCrashed);
            assertThat(names(bpffs.directory())).isEmpty();
        }
    }
}
