package io.bpfchain.kernel.btf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.bpfchain.kernel.object.ObjectInfo;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BtfFuzzIT {
    private static final int MOST_BYTES = 1 << 12;

    private final CompiledObject object = CompiledObject.of("""
            enum level { LOW, HIGH = 9 };
            struct inner { __be16 port; __u8 flags : 3; __s8 rest : 5; __be32 addr; };
            struct config { bool on; enum level level; struct inner list[3]; char name[12]; double share; struct in6_addr six; __s64 big; };
            const volatile struct config config = {true};
            const volatile __u32 limit = 3;
            SEC("cgroup_skb/egress") int f(struct __sk_buff *skb) { return config.on + limit; }
            """);

    private static Random random(String test) {
        long seed = Long.getLong("bpfchain.seed", new Random().nextLong());
        System.out.println("BtfFuzzIT." + test + ": -Dbpfchain.seed=" + seed);
        return new Random(seed);
    }

    private static byte[] randomBytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Text, booleans and enums have few readings, so bytes that are no value of the type are not compared. */
    @Test
    void writesWhatItShowsAndShowsWhatItWrote() {
        Random random = random("writesWhatItShowsAndShowsWhatItWrote");
        Btf btf = object.btf();
        int compared = 0;
        for (int round = 0; round < 2_000; round++) {
            int type = random.nextInt(btf.count());
            if (btf.sizeOf(type) > 0 && btf.sizeOf(type) <= MOST_BYTES) {
                JsonNode shown = ValueDecoder.decode(btf, type, randomBytes(random, btf.sizeOf(type)));
                byte[] image = new byte[btf.sizeOf(type)];
                if (new ValueEncoder(btf).encode(type, shown, "value", image, 0).isEmpty()) {
                    assertThat(ValueDecoder.decode(btf, type, image))
                            .as(btf.describe(type))
                            .isEqualTo(shown);
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(100);
    }

    @Test
    void survivesAnyChangeOfRealBtf() {
        Random random = random("survivesAnyChangeOfRealBtf");
        Map<String, JsonNode> globals = Map.of(
                "config", JsonNodeFactory.instance.objectNode().put("name", "x").put("big", 1),
                "limit", JsonNodeFactory.instance.numberNode(7));
        int sound = 0;
        for (int round = 0; round < 10_000; round++) {
            byte[] raw = object.raw();
            raw = raw.clone();
            for (int n = random.nextInt(8); n >= 0; n--) {
                raw[random.nextInt(raw.length)] = (byte) (random.nextBoolean() ? random.nextInt(32) : random.nextInt());
            }
            ObjectInfo hostile = new ObjectInfo(List.of(), object.info().maps(), raw, "GPL", List.of());
            assertThat(Globals.encode(hostile, globals)).isNotNull();
            if (Btf.parse(raw) instanceof BtfOutcome.Parsed(Btf btf)) {
                sound++;
                exercise(btf, random.nextInt(btf.count()), random);
            }
        }
        assertThat(sound).isGreaterThan(100);
    }

    private void exercise(Btf btf, int type, Random random) {
        if (btf.sizeOf(type) >= 0 && btf.sizeOf(type) <= MOST_BYTES && btf.parts(type) <= MOST_BYTES) {
            byte[] bytes = randomBytes(random, btf.sizeOf(type));
            JsonNode shown = ValueDecoder.decode(btf, type, bytes);
            assertThat(new ValueEncoder(btf).encode(type, shown, "value", bytes, 0))
                    .isNotNull();
        }
        int other = Math.min(type, object.btf().count() - 1);
        LayoutComparison comparison = new LayoutComparison(btf, object.btf());
        comparison.compare("value", type, other);
        assertThat(comparison.differences()).hasSizeLessThan(10_000);
    }
}
