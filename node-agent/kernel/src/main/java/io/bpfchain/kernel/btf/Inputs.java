package io.bpfchain.kernel.btf;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** What people write for values: whole numbers, raw bytes; and how a message shows what they wrote. */
public final class Inputs {
    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]{0,39}|0[xX][0-9a-fA-F]{1,32})");
    private static final Pattern HEX = Pattern.compile("hex:(?:[0-9a-fA-F]{2})*");
    private static final int SHOWN = 48;

    private Inputs() {}

    /** A JSON whole number, or text of one: decimal, or hexadecimal with 0x. */
    public static Optional<BigInteger> wholeNumber(JsonNode value) {
        if (value.isIntegralNumber()) {
            return Optional.of(value.bigIntegerValue());
        }
        if (!value.isTextual() || !WHOLE.matcher(value.textValue()).matches()) {
            return Optional.empty();
        }
        String text = value.textValue();
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        boolean hex = digits.length() > 1 && Character.toLowerCase(digits.charAt(1)) == 'x';
        BigInteger number = hex ? new BigInteger(digits.substring(2), 16) : new BigInteger(digits);
        return Optional.of(negative ? number.negate() : number);
    }

    /** Whether it is meant as raw bytes: text that begins with {@code hex:}. */
    public static boolean isRaw(JsonNode value) {
        return value.isTextual() && value.textValue().startsWith("hex:");
    }

    /** The bytes of {@code hex:0a0b}, in memory order. */
    public static Optional<byte[]> rawBytes(JsonNode value) {
        return isRaw(value) && HEX.matcher(value.textValue()).matches()
                ? Optional.of(HexFormat.of().parseHex(value.textValue().substring(4)))
                : Optional.empty();
    }

    /** The raw form of bytes. */
    public static String raw(byte[] bytes) {
        return "hex:" + HexFormat.of().formatHex(bytes);
    }

    /** The value as a message shows it. */
    public static String show(JsonNode value) {
        if (value.isTextual()) {
            return "the text \"" + shorten(value.textValue()) + "\"";
        }
        if (value.isNumber() || value.isBoolean()) {
            return shorten(value.asText());
        }
        if (value.isArray()) {
            return "a list of " + value.size();
        }
        return value.isObject() ? "an object" : "nothing";
    }

    private static String shorten(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(SHOWN)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .forEach(shown::appendCodePoint);
        return text.codePointCount(0, text.length()) > SHOWN
                ? shown.append("...").toString()
                : shown.toString();
    }
}
