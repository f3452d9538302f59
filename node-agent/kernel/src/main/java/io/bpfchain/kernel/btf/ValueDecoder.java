package io.bpfchain.kernel.btf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.kernel.btf.BtfType.Array;
import io.bpfchain.kernel.btf.BtfType.Composite;
import io.bpfchain.kernel.btf.BtfType.DataSection;
import io.bpfchain.kernel.btf.BtfType.Enumeration;
import io.bpfchain.kernel.btf.BtfType.Enumerator;
import io.bpfchain.kernel.btf.BtfType.FloatingPoint;
import io.bpfchain.kernel.btf.BtfType.Int;
import io.bpfchain.kernel.btf.BtfType.Member;
import io.bpfchain.kernel.btf.BtfType.Placed;
import io.bpfchain.kernel.btf.BtfType.Pointer;
import io.bpfchain.kernel.btf.BtfType.Variable;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Shows bytes as values: what {@link ValueEncoder} takes, it gives. Addresses as text where the type says so (__be32, struct in_addr,
 * in6_addr), __be16 and __be64 as numbers, enums by name, text up to its NUL where it is printable, pointers in hexadecimal.
 */
public final class ValueDecoder {
    /** More values than this are shown as raw bytes. */
    private static final long MOST_PARTS = 1 << 20;

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Btf btf;

    private ValueDecoder(Btf btf) {
        this.btf = btf;
    }

    /** The value; {@code hex:...} for bytes whose type (id 0) or size is not that of a value. */
    public static JsonNode decode(Btf btf, int type, byte[] bytes) {
        boolean typed =
                type > 0 && type < btf.count() && btf.sizeOf(type) == bytes.length && btf.parts(type) <= MOST_PARTS;
        return typed ? new ValueDecoder(btf).value(type, bytes, 0, 0) : JSON.textNode(Inputs.raw(bytes));
    }

    private JsonNode value(int type, byte[] bytes, long bitOffset, int width) {
        int size = btf.sizeOf(type);
        int at = (int) (bitOffset / 8);
        if (Shapes.showsAsAddress(btf, type) && width == 0) {
            return JSON.textNode(IpText.format(Arrays.copyOfRange(bytes, at, at + size)));
        }
        return switch (btf.resolved(type)) {
            case Int i -> integer(type, i, bytes, bitOffset, width);
            case Enumeration e -> enumerator(e, number(e.signed(), bytes, bitOffset, width > 0 ? width : 8 * size));
            case FloatingPoint f -> floating(f, ByteBuffer.wrap(bytes, at, size).order(ByteOrder.nativeOrder()));
            case Pointer _ ->
                JSON.textNode("0x" + number(false, bytes, bitOffset, 8 * size).toString(16));
            case Array a -> array(type, a, bytes, bitOffset);
            case Composite c -> composite(c, bytes, bitOffset);
            case DataSection s -> section(s, bytes);
            case BtfType _ -> JSON.textNode(Inputs.raw(Arrays.copyOfRange(bytes, at, at + Math.max(0, size))));
        };
    }

    private static BigInteger number(boolean signed, byte[] bytes, long bitOffset, int bits) {
        return Bits.get(bytes, bitOffset, bits, signed, ByteOrder.nativeOrder());
    }

    private JsonNode integer(int type, Int to, byte[] bytes, long bitOffset, int width) {
        int bits = width > 0 ? width : to.bits();
        ByteOrder order = btf.networkOrder(type) && width == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.nativeOrder();
        BigInteger number = Bits.get(bytes, bitOffset + to.bitOffset(), bits, to.signed(), order);
        if (to.bool() && number.bitLength() <= 1) {
            return JSON.booleanNode(number.signum() != 0);
        }
        return whole(number);
    }

    private static JsonNode whole(BigInteger number) {
        return number.bitLength() < 32
                ? JSON.numberNode(number.intValue())
                : number.bitLength() < 64 ? JSON.numberNode(number.longValue()) : JSON.numberNode(number);
    }

    private static JsonNode enumerator(Enumeration type, BigInteger number) {
        return type.enumerators().stream()
                .filter(e -> e.value().equals(number))
                .map(Enumerator::name)
                .findFirst()
                .<JsonNode>map(JSON::textNode)
                .orElseGet(() -> whole(number));
    }

    private static JsonNode floating(FloatingPoint type, ByteBuffer bytes) {
        double number = switch (type.size()) {
            case 4 -> bytes.getFloat();
            case 8 -> bytes.getDouble();
            default -> Double.NaN;
        };
        return Double.isFinite(number) ? JSON.numberNode(number) : JSON.textNode(Double.toString(number));
    }

    private JsonNode array(int type, Array array, byte[] bytes, long bitOffset) {
        int at = (int) (bitOffset / 8);
        if (Shapes.isText(btf, type)) {
            Optional<String> text = text(Arrays.copyOfRange(bytes, at, at + btf.sizeOf(type)));
            if (text.isPresent()) {
                return JSON.textNode(text.get());
            }
        }
        ArrayNode elements = JSON.arrayNode();
        for (long i = 0; i < array.length(); i++) {
            elements.add(value(array.element(), bytes, bitOffset + 8L * btf.sizeOf(array.element()) * i, 0));
        }
        return elements;
    }

    private static Optional<String> text(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, end))
                    .toString();
            return text.codePoints().noneMatch(Character::isISOControl) ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private JsonNode composite(Composite composite, byte[] bytes, long bitOffset) {
        ObjectNode fields = JSON.objectNode();
        for (Member m : composite.members()) {
            JsonNode value =
                    m.bits() == 0 && btf.sizeOf(m.type()) == 0 && m.name().isEmpty()
                            ? JSON.objectNode()
                            : value(m.type(), bytes, bitOffset + m.bitOffset(), m.bits());
            if (m.name().isEmpty()) {
                value.properties().forEach(p -> fields.set(p.getKey(), p.getValue()));
            } else {
                fields.set(m.name(), value);
            }
        }
        return fields;
    }

    private JsonNode section(DataSection section, byte[] bytes) {
        ObjectNode variables = JSON.objectNode();
        for (Placed p : section.variables()) {
            if (btf.type(p.id()) instanceof Variable v
                    && btf.sizeOf(v.type()) >= 0
                    && p.offset() + (long) btf.sizeOf(v.type()) <= bytes.length) {
                variables.set(v.name(), value(v.type(), bytes, 8L * p.offset(), 0));
            }
        }
        return variables;
    }
}
