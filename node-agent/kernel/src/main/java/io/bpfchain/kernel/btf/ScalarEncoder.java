package io.bpfchain.kernel.btf;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.kernel.btf.BtfType.Enumeration;
import io.bpfchain.kernel.btf.BtfType.Enumerator;
import io.bpfchain.kernel.btf.BtfType.FloatingPoint;
import io.bpfchain.kernel.btf.BtfType.Int;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Writes integers, booleans, enums and floating-point numbers. */
final class ScalarEncoder {
    private final Btf btf;
    private final Problems problems;

    ScalarEncoder(Btf btf, Problems problems) {
        this.btf = btf;
        this.problems = problems;
    }

    void writeInt(int type, Int to, JsonNode value, String path, Slot slot) {
        if (to.bool()) {
            writeBool(type, to, value, path, slot);
            return;
        }
        if (value.isTextual()) {
            Optional<byte[]> address = IpText.parse(value.textValue());
            if (address.isPresent()) {
                writeAddress(type, address.get(), value, path, slot);
                return;
            }
        }
        Optional<BigInteger> number = Inputs.wholeNumber(value);
        if (number.isEmpty()) {
            problems.add(path, "needs a whole number for " + btf.describe(type) + ", got " + Inputs.show(value));
            return;
        }
        int bits = slot.bits() > 0 ? slot.bits() : to.bits();
        ByteOrder order = btf.networkOrder(type) && slot.bits() == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.nativeOrder();
        String name = slot.bits() > 0 ? "a field of " + bits + " bits" : btf.describe(type);
        if (inRange(number.get(), lowest(to.signed(), bits), highest(to.signed(), bits), name, path)) {
            Bits.put(slot.image(), slot.bitOffset() + to.bitOffset(), bits, number.get(), order);
        }
    }

    private void writeBool(int type, Int to, JsonNode value, String path, Slot slot) {
        if (value.isBoolean()) {
            int bits = slot.bits() > 0 ? slot.bits() : 8 * to.size();
            BigInteger number = value.booleanValue() ? BigInteger.ONE : BigInteger.ZERO;
            Bits.put(slot.image(), slot.bitOffset(), bits, number, ByteOrder.nativeOrder());
        } else {
            problems.add(path, "needs true or false for " + btf.describe(type) + ", got " + Inputs.show(value));
        }
    }

    private void writeAddress(int type, byte[] address, JsonNode value, String path, Slot slot) {
        if (Shapes.addressBytes(btf, type) == address.length && slot.bits() == 0) {
            slot.put(address);
        } else if (Shapes.addressBytes(btf, type) == 0) {
            problems.add(
                    path,
                    "is " + btf.describe(type) + ", a number in host byte order, and cannot take the address "
                            + value.textValue() + ": declare it as "
                            + (address.length == IpText.V4_BYTES ? "__be32 or struct in_addr" : "struct in6_addr")
                            + ", which are in network byte order");
        } else {
            problems.add(path, wrongFamily(type, address, value));
        }
    }

    String wrongFamily(int type, byte[] address, JsonNode value) {
        boolean v4 = Shapes.addressBytes(btf, type) == IpText.V4_BYTES;
        return "needs an " + (v4 ? "IPv4" : "IPv6") + " address for " + btf.describe(type) + ", got the "
                + (address.length == IpText.V4_BYTES ? "IPv4" : "IPv6") + " address " + value.textValue();
    }

    void writeEnum(int type, Enumeration to, JsonNode value, String path, Slot slot) {
        int bits = slot.bits() > 0 ? slot.bits() : 8 * to.size();
        if (value.isTextual()
                && Inputs.wholeNumber(value).isEmpty()
                && named(to, value.textValue()).isEmpty()) {
            problems.add(path, unknownName(type, to, value.textValue()));
            return;
        }
        Optional<BigInteger> number = Inputs.wholeNumber(value).or(() -> named(to, value.asText()));
        if (number.isEmpty()) {
            problems.add(path, "needs a name or number of " + btf.describe(type) + ", got " + Inputs.show(value));
            return;
        }
        String name = slot.bits() > 0 ? "a field of " + bits + " bits" : btf.describe(type);
        // Compilers before clang 15 do not say whether an enum is signed, so a 4-byte one takes both ranges.
        boolean negativeAllowed = to.signed() || (bits == 32 && to.size() == 4);
        if (inRange(number.get(), lowest(negativeAllowed, bits), highest(to.signed(), bits), name, path)) {
            Bits.put(slot.image(), slot.bitOffset(), bits, number.get(), ByteOrder.nativeOrder());
        }
    }

    private static Optional<BigInteger> named(Enumeration to, String name) {
        return to.enumerators().stream()
                .filter(e -> e.name().equals(name))
                .map(Enumerator::value)
                .findFirst();
    }

    private String unknownName(int type, Enumeration to, String name) {
        return to.enumerators().isEmpty()
                ? "the compiler has not recorded the values of " + btf.describe(type)
                        + " (clang before 15 does so only for enums of 4 bytes): give a number"
                : btf.describe(type) + " has no value named \"" + name + "\""
                        + Nearest.hint(
                                name,
                                to.enumerators().stream().map(Enumerator::name).toList());
    }

    void writeFloat(int type, FloatingPoint to, JsonNode value, String path, Slot slot) {
        if (!value.isNumber()) {
            problems.add(path, "needs a number for " + btf.describe(type) + ", got " + Inputs.show(value));
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(to.size()).order(ByteOrder.nativeOrder());
        double number = value.doubleValue();
        switch (to.size()) {
            case 4 -> bytes.putFloat((float) number);
            case 8 -> bytes.putDouble(number);
            default -> {
                problems.add(
                        path, btf.describe(type) + " has " + to.size() + " bytes; only float and double can be set");
                return;
            }
        }
        boolean finite = to.size() == 4 ? Float.isFinite((float) number) : Double.isFinite(number);
        if (finite) {
            slot.put(bytes.array());
        } else {
            problems.add(path, value.asText() + " is out of range for " + btf.describe(type));
        }
    }

    private boolean inRange(BigInteger number, BigInteger low, BigInteger high, String name, String path) {
        boolean fits = number.compareTo(low) >= 0 && number.compareTo(high) <= 0;
        if (!fits) {
            String shown = number.bitLength() > 160 ? "the number" : number.toString();
            problems.add(path, shown + " is out of range: " + name + " holds " + low + " to " + high);
        }
        return fits;
    }

    private static BigInteger lowest(boolean signed, int bits) {
        return signed ? BigInteger.ONE.shiftLeft(bits - 1).negate() : BigInteger.ZERO;
    }

    private static BigInteger highest(boolean signed, int bits) {
        return BigInteger.ONE.shiftLeft(signed ? bits - 1 : bits).subtract(BigInteger.ONE);
    }
}
