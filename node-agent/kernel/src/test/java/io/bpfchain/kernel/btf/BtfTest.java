package io.bpfchain.kernel.btf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BtfTest {
    private static final int INT = 1;
    private static final int POINTER = 2;
    private static final int ARRAY = 3;
    private static final int STRUCT = 4;
    private static final int TYPEDEF = 8;
    private static final int CONST = 10;
    private static final int VARIABLE = 14;
    private static final int SECTION = 15;

    /** Raw BTF, written by hand. */
    private static final class Writer {
        private final ByteArrayOutputStream types = new ByteArrayOutputStream();
        private final ByteArrayOutputStream strings = new ByteArrayOutputStream();

        Writer() {
            strings.write(0);
        }

        int name(String text) {
            int offset = strings.size();
            strings.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            strings.write(0);
            return offset;
        }

        Writer type(int name, int kind, int length, int sizeOrType, int... more) {
            ByteBuffer b = ByteBuffer.allocate(12 + 4 * more.length).order(ByteOrder.nativeOrder());
            b.putInt(name).putInt(kind << 24 | length).putInt(sizeOrType);
            for (int word : more) {
                b.putInt(word);
            }
            types.writeBytes(b.array());
            return this;
        }

        Writer u32() {
            return type(name("unsigned int"), INT, 0, 4, 32);
        }

        byte[] bytes() {
            ByteBuffer b =
                    ByteBuffer.allocate(24 + types.size() + strings.size()).order(ByteOrder.nativeOrder());
            b.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
            b.putInt(0).putInt(types.size()).putInt(types.size()).putInt(strings.size());
            return b.put(types.toByteArray()).put(strings.toByteArray()).array();
        }
    }

    private static void assertInvalid(byte[] raw, String reason) {
        assertThat(Btf.parse(raw)).isEqualTo(new BtfOutcome.Invalid(reason));
    }

    private static Btf parsed(Writer writer) {
        return ((BtfOutcome.Parsed) Btf.parse(writer.bytes())).btf();
    }

    @Test
    void readsTypesAndTheirSizes() {
        Writer writer = new Writer().u32();
        Btf btf = parsed(writer.type(0, ARRAY, 0, 0, 1, 1, 3)
                .type(writer.name("__be32"), TYPEDEF, 0, 1)
                .type(0, CONST, 0, 3));
        assertThat(btf.count()).isEqualTo(5);
        assertThat(btf.sizeOf(2)).isEqualTo(12);
        assertThat(btf.describe(2)).isEqualTo("unsigned int[3]");
        assertThat(btf.describe(4)).isEqualTo("__be32");
        assertThat(btf.networkOrder(4)).isTrue();
        assertThat(btf.networkOrder(1)).isFalse();
        assertThat(btf.resolve(4)).isEqualTo(1);
        assertThat(btf.sizeOf(0)).isEqualTo(-1);
    }

    @Test
    void refusesHeadersThatAreNotThoseOfThisMachinesBtf() {
        byte[] good = new Writer().u32().bytes();
        assertInvalid(new byte[0], "has 0 bytes, fewer than its header");
        byte[] magic = good.clone();
        magic[0] = 0;
        assertInvalid(magic, "does not begin with the magic number 0xeb9f");
        byte[] foreign = good.clone();
        foreign[0] = good[1];
        foreign[1] = good[0];
        assertInvalid(
                foreign,
                "is in the other byte order than this machine's; compile with -target bpf on or for this machine");
        byte[] version = good.clone();
        version[2] = 2;
        assertInvalid(version, "has version 2; only version 1 is known");
        byte[] header = good.clone();
        header[4] = 8;
        assertInvalid(header, "has a header of 8 bytes");
        byte[] length = good.clone();
        length[15] = 127;
        assertInvalid(length, "has a type section that ends beyond its " + good.length + " bytes");
        byte[] open = good.clone();
        open[good.length - 1] = 'x';
        assertInvalid(open, "has a string section that does not begin and end with NUL");
    }

    @Test
    void refusesReferencesToNothing() {
        assertInvalid(
                new Writer().type(0, POINTER, 0, 9).bytes(), "is malformed: type 1 refers to type 9, but there are 2");
        assertInvalid(
                new Writer().type(0, POINTER, 0, -1).bytes(),
                "is malformed: type 1 refers to type 4294967295, but there are 2");
        assertInvalid(new Writer().type(99, INT, 0, 4, 32).bytes(), "has type 1 with a name beyond the string section");
        assertInvalid(new Writer().type(0, 20, 0, 0).bytes(), "has type 1 of the unknown kind 20");
        assertInvalid(new Writer().type(0, STRUCT, 3, 4, 0, 0, 0).bytes(), "ends within type 1");
    }

    @Test
    void refusesTypesThatContainThemselves() {
        assertInvalid(new Writer().type(0, TYPEDEF, 0, 1).bytes(), "is malformed: type 1 contains itself");
        assertInvalid(
                new Writer()
                        .type(0, STRUCT, 1, 4, 0, 2, 0)
                        .type(0, ARRAY, 0, 0, 1, 1, 1)
                        .bytes(),
                "is malformed: type 1 contains itself");
    }

    @Test
    void followsPointersInCirclesOnlySoFar() {
        assertThat(parsed(new Writer().type(0, POINTER, 0, 1)).describe(1)).isEqualTo("void * * * * *");
        assertThat(parsed(new Writer().type(0, POINTER, 0, 2).type(0, 18, 0, 1)).describe(1))
                .endsWith("*");
    }

    @Test
    void refusesNestingBeyondTheLimit() {
        Writer deep = new Writer().u32();
        for (int id = 2; id <= 100; id++) {
            deep.type(0, CONST, 0, id - 1);
        }
        assertThat(Btf.parse(deep.bytes()))
                .isEqualTo(new BtfOutcome.Invalid("is malformed: type 64 is nested deeper than 64 levels"));
    }

    @Test
    void refusesSizesThatDoNotFit() {
        assertInvalid(
                new Writer().u32().type(0, ARRAY, 0, 0, 1, 1, -1).bytes(),
                "is malformed: type 2 is an array of 17179869180 bytes, more than any map can hold");
        assertInvalid(new Writer().type(0, INT, 0, 3, 24).bytes(), "has integer type 1 of 3 bytes");
        assertInvalid(new Writer().type(0, INT, 0, 4, 33).bytes(), "has integer type 1 with bits beyond its size");
        Writer member = new Writer().u32();
        assertInvalid(
                member.type(0, STRUCT, 1, 4, member.name("x"), 1, 8).bytes(),
                "is malformed: type 2 has a member \"x\" that ends beyond its 4 bytes");
    }

    @Test
    void refusesVariablesAsTypes() {
        assertInvalid(
                new Writer()
                        .u32()
                        .type(1, VARIABLE, 0, 1, 1)
                        .type(0, POINTER, 0, 2)
                        .bytes(),
                "is malformed: type 3 uses type 2, which is a variable, a section or a declaration tag");
        assertInvalid(
                new Writer().u32().type(1, SECTION, 1, 4, 1, 0, 4).bytes(),
                "is malformed: type 2 is a section that holds something else than variables and functions");
    }

    @Test
    void showsValuesOfCountlessPartsAsRawBytes() {
        Writer writer = new Writer().type(0, STRUCT, 0, 0);
        Btf btf = parsed(writer.type(0, ARRAY, 0, 0, 1, 1, -1));
        assertThat(btf.sizeOf(2)).isZero();
        assertThat(ValueDecoder.decode(btf, 2, new byte[0]).textValue()).isEqualTo("hex:");
    }

    /** Bytes of a sound BTF with some changed: whatever comes out can be asked everything. */
    @Test
    void survivesAnyBytes() {
        long seed = Long.getLong("bpfchain.seed", new Random().nextLong());
        System.out.println("BtfTest.survivesAnyBytes: -Dbpfchain.seed=" + seed);
        Random random = new Random(seed);
        Writer writer = new Writer().u32();
        byte[] good = writer.type(0, ARRAY, 0, 0, 1, 1, 3)
                .type(writer.name("__be32"), TYPEDEF, 0, 1)
                .type(writer.name("s"), STRUCT, 2, 16, writer.name("a"), 1, 0, writer.name("b"), 2, 32)
                .type(0, POINTER, 0, 4)
                .type(writer.name("v"), VARIABLE, 0, 4, 1)
                .type(writer.name(".rodata"), SECTION, 1, 16, 6, 0, 16)
                .bytes();
        int sound = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] raw = good.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                raw[random.nextInt(raw.length)] = (byte) (random.nextBoolean() ? random.nextInt(24) : random.nextInt());
            }
            if (Btf.parse(raw) instanceof BtfOutcome.Parsed(Btf btf)) {
                sound++;
                for (int id = 0; id < btf.count(); id++) {
                    assertThat(btf.describe(id)).isNotNull();
                    byte[] value = new byte[Math.clamp(btf.sizeOf(id), 0, 1 << 16)];
                    assertThat(ValueDecoder.decode(btf, id, value)).isNotNull();
                    assertThat(KernelFields.of(btf, id)).isNotNull();
                }
            }
        }
        assertThat(sound).isPositive();
    }
}
