package io.bpfchain.kernel.btf;

import io.bpfchain.kernel.btf.BtfType.Enumerator;
import io.bpfchain.kernel.btf.BtfType.Linkage;
import io.bpfchain.kernel.btf.BtfType.Member;
import io.bpfchain.kernel.btf.BtfType.Parameter;
import io.bpfchain.kernel.btf.BtfType.Placed;
import io.bpfchain.kernel.btf.BtfType.Qualifier;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns raw BTF into a list of types by id, every read within its section. References are checked by {@link BtfLayout}. */
final class BtfReader {
    private static final int MAGIC = 0xeB9F;
    private static final int HEADER_BYTES = 24;
    /** The kernel's limit, BTF_MAX_SIZE. */
    private static final int MAX_BYTES = 16 << 20;
    /** The kernel's limit, BTF_MAX_TYPE. */
    private static final int MAX_TYPES = 0xfffff;
    /** Twice the kernel's KSYM_NAME_LEN. */
    private static final int MAX_NAME = 1024;

    private final byte[] raw;
    private final Map<Integer, String> names = new HashMap<>();
    private ByteBuffer types = ByteBuffer.allocate(0);
    private int stringsFrom;
    private int stringsTo;

    BtfReader(byte[] raw) {
        this.raw = raw.clone();
    }

    List<BtfType> read() throws MalformedBtf {
        readHeader();
        List<BtfType> result = new ArrayList<>();
        result.add(new BtfType.None());
        while (types.hasRemaining()) {
            require(result.size() <= MAX_TYPES, "has more than " + MAX_TYPES + " types");
            result.add(readType(result.size()));
        }
        return result;
    }

    private void readHeader() throws MalformedBtf {
        require(raw.length >= HEADER_BYTES, "has " + raw.length + " bytes, fewer than its header");
        require(raw.length <= MAX_BYTES, "has " + raw.length + " bytes, more than the kernel's limit of " + MAX_BYTES);
        ByteBuffer header = ByteBuffer.wrap(raw).order(ByteOrder.nativeOrder());
        int magic = Short.toUnsignedInt(header.getShort());
        require(
                magic != Integer.reverseBytes(MAGIC) >>> 16,
                "is in the other byte order than this machine's; compile with -target bpf on or for this machine");
        require(magic == MAGIC, "does not begin with the magic number 0xeb9f");
        int version = header.get();
        require(version == 1, "has version " + version + "; only version 1 is known");
        require(header.get() == 0, "has unknown header flags");
        long headerLength = Integer.toUnsignedLong(header.getInt());
        require(
                headerLength >= HEADER_BYTES && headerLength <= raw.length,
                "has a header of " + headerLength + " bytes");
        long typesAt = headerLength + Integer.toUnsignedLong(header.getInt());
        long typesLength = Integer.toUnsignedLong(header.getInt());
        long stringsAt = headerLength + Integer.toUnsignedLong(header.getInt());
        long stringsLength = Integer.toUnsignedLong(header.getInt());
        require(
                typesAt + typesLength <= raw.length,
                "has a type section that ends beyond its " + raw.length + " bytes");
        require(
                stringsAt + stringsLength <= raw.length,
                "has a string section that ends beyond its " + raw.length + " bytes");
        require(
                stringsLength > 0 && raw[(int) stringsAt] == 0 && raw[(int) (stringsAt + stringsLength - 1)] == 0,
                "has a string section that does not begin and end with NUL");
        stringsFrom = (int) stringsAt;
        stringsTo = (int) (stringsAt + stringsLength);
        types = ByteBuffer.wrap(raw, (int) typesAt, (int) typesLength).slice().order(ByteOrder.nativeOrder());
    }

    private BtfType readType(int id) throws MalformedBtf {
        need(id, 12);
        String name = name(id, types.getInt());
        int info = types.getInt();
        int sizeOrType = types.getInt();
        int length = info & 0xffff;
        boolean flag = info < 0;
        int kind = info >>> 24 & 0x1f;
        return switch (kind) {
            case 1 -> readInt(id, name, sizeOrType);
            case 2 -> new BtfType.Pointer(sizeOrType);
            case 3 -> readArray(id);
            case 4, 5 -> new BtfType.Composite(name, kind == 5, size(id, sizeOrType), members(id, length, flag));
            case 6 -> readEnum(id, name, sizeOrType, length, flag);
            case 7 -> new BtfType.Forward(name, flag);
            case 8 -> new BtfType.Typedef(name, sizeOrType);
            case 9 -> new BtfType.Qualified(Qualifier.VOLATILE, sizeOrType);
            case 10 -> new BtfType.Qualified(Qualifier.CONST, sizeOrType);
            case 11 -> new BtfType.Qualified(Qualifier.RESTRICT, sizeOrType);
            case 12 -> new BtfType.Function(name, sizeOrType, linkage(id, length));
            case 13 -> new BtfType.Prototype(sizeOrType, parameters(id, length));
            case 14 -> {
                need(id, 4);
                yield new BtfType.Variable(name, sizeOrType, linkage(id, types.getInt()));
            }
            case 15 -> new BtfType.DataSection(name, size(id, sizeOrType), placed(id, length));
            case 16 -> readFloat(id, name, sizeOrType);
            case 17 -> {
                need(id, 4);
                yield new BtfType.DeclarationTag(name, sizeOrType, types.getInt());
            }
            case 18 -> new BtfType.TypeTag(name, sizeOrType);
            case 19 -> readEnum64(id, name, sizeOrType, length, flag);
            default -> throw new MalformedBtf("has type " + id + " of the unknown kind " + kind);
        };
    }

    private BtfType readInt(int id, String name, int size) throws MalformedBtf {
        need(id, 4);
        int data = types.getInt();
        int encoding = data >>> 24 & 0xf;
        int offset = data >>> 16 & 0xff;
        int bits = data & 0xff;
        require(
                size > 0 && size <= 16 && Integer.bitCount(size) == 1,
                "has integer type " + id + " of " + size + " bytes");
        require(bits > 0 && offset + bits <= 8 * size, "has integer type " + id + " with bits beyond its size");
        return new BtfType.Int(name, size, bits, offset, (encoding & 1) != 0, (encoding & 2) != 0, (encoding & 4) != 0);
    }

    private BtfType readFloat(int id, String name, int size) throws MalformedBtf {
        require(size > 0 && size <= 16, "has floating-point type " + id + " of " + size + " bytes");
        return new BtfType.FloatingPoint(name, size);
    }

    private BtfType readArray(int id) throws MalformedBtf {
        need(id, 12);
        int element = types.getInt();
        types.getInt();
        return new BtfType.Array(element, Integer.toUnsignedLong(types.getInt()));
    }

    private List<Member> members(int id, int length, boolean withBits) throws MalformedBtf {
        need(id, 12L * length);
        List<Member> members = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            String name = name(id, types.getInt());
            int type = types.getInt();
            int offset = types.getInt();
            members.add(
                    withBits
                            ? new Member(name, type, offset & 0xffffff, offset >>> 24)
                            : new Member(name, type, Integer.toUnsignedLong(offset), 0));
        }
        return members;
    }

    private BtfType readEnum(int id, String name, int size, int length, boolean signed) throws MalformedBtf {
        requireEnumSize(id, size);
        need(id, 8L * length);
        List<Enumerator> values = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            String label = name(id, types.getInt());
            int value = types.getInt();
            values.add(new Enumerator(label, BigInteger.valueOf(signed ? value : Integer.toUnsignedLong(value))));
        }
        return new BtfType.Enumeration(name, size, signed, size > Integer.BYTES ? List.of() : values);
    }

    private BtfType readEnum64(int id, String name, int size, int length, boolean signed) throws MalformedBtf {
        requireEnumSize(id, size);
        need(id, 12L * length);
        List<Enumerator> values = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            String label = name(id, types.getInt());
            long low = Integer.toUnsignedLong(types.getInt());
            long value = (long) types.getInt() << 32 | low;
            values.add(new Enumerator(
                    label, signed ? BigInteger.valueOf(value) : new BigInteger(Long.toUnsignedString(value))));
        }
        return new BtfType.Enumeration(name, size, signed, values);
    }

    private static void requireEnumSize(int id, int size) throws MalformedBtf {
        require(size > 0 && size <= 8 && Integer.bitCount(size) == 1, "has enum type " + id + " of " + size + " bytes");
    }

    private List<Parameter> parameters(int id, int length) throws MalformedBtf {
        need(id, 8L * length);
        List<Parameter> parameters = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            parameters.add(new Parameter(name(id, types.getInt()), types.getInt()));
        }
        return parameters;
    }

    private List<Placed> placed(int id, int length) throws MalformedBtf {
        need(id, 12L * length);
        List<Placed> variables = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            int variable = types.getInt();
            variables.add(new Placed(variable, size(id, types.getInt()), size(id, types.getInt())));
        }
        return variables;
    }

    private static Linkage linkage(int id, int code) throws MalformedBtf {
        return switch (code) {
            case 0 -> Linkage.STATIC;
            case 1 -> Linkage.GLOBAL;
            case 2 -> Linkage.EXTERN;
            default -> throw new MalformedBtf("has type " + id + " with the unknown linkage " + code);
        };
    }

    private static int size(int id, int bytes) throws MalformedBtf {
        require(bytes >= 0, "has type " + id + " with a size or offset of " + Integer.toUnsignedString(bytes));
        return bytes;
    }

    private String name(int id, int offset) throws MalformedBtf {
        String known = names.get(offset);
        if (known != null) {
            return known;
        }
        long from = stringsFrom + Integer.toUnsignedLong(offset);
        require(from < stringsTo, "has type " + id + " with a name beyond the string section");
        int end = (int) from;
        while (raw[end] != 0) {
            require(raw[end] >= ' ' || raw[end] < 0, "has type " + id + " with a control character in its name");
            end++;
            require(end - from <= MAX_NAME, "has type " + id + " with a name longer than " + MAX_NAME + " bytes");
        }
        String name = new String(raw, (int) from, end - (int) from, StandardCharsets.UTF_8);
        names.put(offset, name);
        return name;
    }

    private void need(int id, long bytes) throws MalformedBtf {
        require(types.remaining() >= bytes, "ends within type " + id);
    }

    private static void require(boolean condition, String complaint) throws MalformedBtf {
        if (!condition) {
            throw new MalformedBtf(complaint);
        }
    }
}
