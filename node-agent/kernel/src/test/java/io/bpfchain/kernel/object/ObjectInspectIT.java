package io.bpfchain.kernel.object;

import static io.bpfchain.kernel.object.Objects.compiled;
import static io.bpfchain.kernel.object.Objects.function;
import static io.bpfchain.kernel.object.Objects.inspected;
import static io.bpfchain.kernel.object.Objects.map;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ObjectInspectIT {
    private final ObjectHelper helper = new ObjectHelper();
    private final ObjectInfo firewall = inspected(helper.inspect(compiled("firewall")));

    @Test
    void saysWhatTheSectionOfAFunctionMeans() {
        assertThat(function(firewall, "egress").section()).isEqualTo("cgroup_skb/egress");
        assertThat(function(firewall, "egress").programType()).hasValue(8);
        assertThat(function(firewall, "egress").expectedAttachType()).hasValue(1);
        assertThat(function(firewall, "connect4").programType()).hasValue(18);
        assertThat(function(firewall, "connect4").expectedAttachType()).hasValue(10);
        assertThat(function(firewall, "egress").instructions()).isBetween(5, 100);
    }

    @Test
    void leavesOpenWhatTheSectionLeavesOpen() {
        assertThat(function(firewall, "either_way").programType()).hasValue(8);
        assertThat(function(firewall, "either_way").expectedAttachType()).isEqualTo(OptionalInt.empty());
        assertThat(function(firewall, "monitor").programType()).isEqualTo(OptionalInt.empty());
        assertThat(function(firewall, "monitor").expectedAttachType()).isEqualTo(OptionalInt.empty());
    }

    @Test
    void namesTheMapsThatAFunctionReachesThroughItsCalls() {
        assertThat(function(firewall, "egress").maps()).containsExactlyInAnyOrder("blocked", "counters", ".rodata");
        assertThat(function(firewall, "either_way").maps())
                .containsExactlyInAnyOrder("pinned_by_name", ".bss", ".data");
        assertThat(function(firewall, "monitor").maps()).containsExactly("events");
        assertThat(function(firewall, "connect4").maps()).isEmpty();
    }

    @Test
    void namesTheMapsOfTailCallTargetsToo() {
        ObjectInfo object = inspected(helper.inspect(compiled("tail-call")));
        assertThat(function(object, "jump").maps()).containsExactlyInAnyOrder("next", "denied");
        assertThat(function(object, "allow").maps()).isEmpty();
        assertThat(map(object, "next").staticInitializers()).isTrue();
        assertThat(map(object, "denied").staticInitializers()).isFalse();
        assertThat(object.notes())
                .contains(
                        "Function deny is a tail-call target in map next and is loaded with every function that uses the map.");
    }

    @Test
    void describesMapsAsTheyWouldBeMade() {
        MapDefinition counters = map(firewall, "counters");
        assertThat(counters.type()).isEqualTo(2);
        assertThat(counters.keySize()).isEqualTo(4);
        assertThat(counters.valueSize()).isEqualTo(8);
        assertThat(counters.maxEntries()).isEqualTo(4);
        assertThat(counters.keyTypeId()).isPositive();
        assertThat(counters.dataSection()).isFalse();
        MapDefinition events = map(firewall, "events");
        assertThat(events.maxEntries()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(events.keyTypeId()).isZero();
    }

    @Test
    void givesDataSectionsTheirNamesAndBytes() {
        MapDefinition rodata = map(firewall, ".rodata");
        assertThat(rodata.dataSection()).isTrue();
        assertThat(rodata.initialValue()).hasSize(rodata.valueSize());
        assertThat(rodata.valueTypeId()).isPositive();
        MapDefinition data = map(firewall, ".data");
        assertThat(ByteBuffer.wrap(data.initialValue())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt())
                .isEqualTo(7);
        assertThat(map(firewall, ".bss").initialValue()).containsOnly(0);
    }

    @Test
    void readsBtfAndLicense() {
        assertThat(firewall.license()).isEqualTo("GPL");
        assertThat(ByteBuffer.wrap(firewall.btf())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getShort())
                .isEqualTo((short) 0xeb9f);
    }

    @Test
    void notesWhatIsIgnoredAndWhatCannotBeAttached() {
        assertThat(map(firewall, "pinned_by_name").pinnedByName()).isTrue();
        assertThat(firewall.notes())
                .contains(
                        "Map pinned_by_name asks to be pinned by name (LIBBPF_PIN_BY_NAME); this is ignored, bpfchain pins every map itself.",
                        "Function a_kprobe (section kprobe/do_nothing) is of type kprobe, which cannot be attached to a cgroup.");
    }
}
