package io.bpfchain.kernel.btf;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Values without a BTF type: whole numbers of 1, 2, 4 or 8 bytes in host order, or {@code hex:} and every byte. */
public final class PlainValue {
    private static final Set<Integer> NUMBER_SIZES = Set.of(1, 2, 4, 8);

    private PlainValue() {}

    /** Writes into an image of exactly the value's size; returns what is wrong. */
    public static List<ValueProblem> encode(JsonNode value, String path, byte[] image) {
        int size = image.length;
        Optional<byte[]> raw = Inputs.rawBytes(value);
        if (raw.isPresent() && raw.get().length == size) {
            System.arraycopy(raw.get(), 0, image, 0, size);
            return List.of();
        }
        Optional<BigInteger> number = Inputs.isRaw(value) ? Optional.empty() : Inputs.wholeNumber(value);
        if (number.isPresent() && NUMBER_SIZES.contains(size)) {
            BigInteger low = BigInteger.ONE.shiftLeft(8 * size - 1).negate();
            BigInteger high = BigInteger.ONE.shiftLeft(8 * size).subtract(BigInteger.ONE);
            if (number.get().compareTo(low) < 0 || number.get().compareTo(high) > 0) {
                return List.of(new ValueProblem(
                        path, number.get() + " is out of range: " + size + " bytes hold " + low + " to " + high));
            }
            Bits.put(image, 0, 8 * size, number.get(), ByteOrder.nativeOrder());
            return List.of();
        }
        String forms = (NUMBER_SIZES.contains(size) ? "a whole number or " : "")
                + "\"hex:\" and two hexadecimal digits for each of its " + size + " bytes";
        return List.of(new ValueProblem(path, "has no BTF type, so it needs " + forms + "; got " + Inputs.show(value)));
    }
}
