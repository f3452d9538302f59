package io.bpfchain.kernel.object;

import static io.bpfchain.kernel.object.Objects.compiled;
import static io.bpfchain.kernel.object.Objects.fresh;
import static io.bpfchain.kernel.object.Objects.load;
import static io.bpfchain.kernel.object.Objects.loaded;
import static io.bpfchain.kernel.object.Objects.request;
import static io.bpfchain.kernel.object.Objects.reused;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bpfchain.kernel.Fd;
import io.bpfchain.kernel.MapHandle;
import io.bpfchain.kernel.Pins;
import io.bpfchain.kernel.object.LoadRequest.FunctionLoad;
import io.bpfchain.kernel.object.LoadRequest.MapLoad;
import io.bpfchain.kernel.object.WireReader.MalformedException;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.planner.AttachType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A helper that lies about what it has loaded is found out. */
@Tag("kernel")
class PinnedLoadIT {
    private final TestBpffs bpffs = TestBpffs.mount();
    private final FunctionLoad egress = load("egress", AttachType.CGROUP_INET_EGRESS);
    private final List<MapLoad> maps = List.of(fresh("counters"), fresh("blocked"), fresh(".rodata"));
    private final Path one = bpffs.directory().resolve("one");
    private LoadOutcome.Loaded told;

    @BeforeEach
    void loadOne() {
        told = loading("one");
    }

    @AfterEach
    void unmount() {
        bpffs.close();
    }

    private LoadOutcome.Loaded loading(String instance) {
        return loaded(new ObjectHelper().load(request(compiled("firewall"), bpffs, instance, List.of(egress), maps)));
    }

    private LoadRequest asked(FunctionLoad function, MapLoad counters) {
        return request(
                compiled("firewall"), bpffs, "one", List.of(function), List.of(counters, maps.get(1), maps.get(2)));
    }

    private static void check(
            Path directory, LoadRequest request, Map<String, Integer> programs, Map<String, Integer> maps)
            throws MalformedException, IOException {
        new PinnedLoad(directory, request, new HelperResponse.Loaded(programs, maps)).check();
    }

    private void refuses(
            String message, LoadRequest request, Map<String, Integer> programs, Map<String, Integer> maps) {
        assertThatThrownBy(() -> check(one, request, programs, maps))
                .isInstanceOf(MalformedException.class)
                .hasMessage(message);
    }

    @Test
    void believesWhatIsTrue() {
        assertThatCode(() -> check(one, asked(egress, maps.get(0)), told.programIds(), told.mapIds()))
                .doesNotThrowAnyException();
    }

    @Test
    void doesNotTakeAProgramOrAMapOfOthersForItsOwn() {
        LoadOutcome.Loaded other = loading("two");
        LoadRequest asked = asked(egress, maps.get(0));
        refuses("what is pinned as program egress is another", asked, other.programIds(), told.mapIds());
        refuses("what is pinned as map counters is another", asked, told.programIds(), other.mapIds());
        FunctionLoad connect = new FunctionLoad(
                "egress", AttachType.CGROUP_INET4_CONNECT.programType().code(), 0, egress.identity(), "prog_egress");
        refuses(
                "what is pinned as program egress is another",
                asked(connect, maps.get(0)),
                told.programIds(),
                told.mapIds());
    }

    @Test
    void doesNotTakeAnotherIdentity() {
        byte[] identity = egress.identity().clone();
        identity[0]++;
        FunctionLoad otherwise =
                new FunctionLoad("egress", egress.programType(), egress.expectedAttachType(), identity, "prog_egress");
        refuses(
                "the identity of program egress is another",
                asked(otherwise, maps.get(0)),
                told.programIds(),
                told.mapIds());
    }

    @Test
    void doesNotTakeAMapThatIsNotTheOneToReuseOrMayBeWritten() {
        loading("two");
        Path live = bpffs.directory().resolve("two/map_counters");
        String message = "what is pinned as map counters is another";
        refuses(message, asked(egress, reused("counters", live)), told.programIds(), told.mapIds());
        refuses(message, asked(egress, fresh("counters", Objects.RDONLY_PROG)), told.programIds(), told.mapIds());
    }

    @Test
    void doesNotTakeOneMapForTwo() throws IOException {
        Files.delete(one.resolve("map_blocked"));
        int id;
        try (Fd counters = Pins.open(one.resolve("map_counters"))) {
            Pins.pin(counters, one.resolve("map_blocked"));
            id = MapHandle.info(counters).id();
        }
        Map<String, Integer> ids = new HashMap<>(told.mapIds());
        ids.put("blocked", id);
        refuses("what is pinned as map blocked is another", asked(egress, maps.get(0)), told.programIds(), ids);
    }
}
