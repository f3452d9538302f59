package io.bpfchain.crds.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * JSON (RFC 8259) read into nodes: one value, no field twice, numbers kept exactly. Jackson would do the same, but in a process that has
 * just started, setting up its mapper takes longer than most commands take for everything else, and setting up its parser, which
 * initialises {@link BigDecimal}, longer than reading all files of a command.
 */
public final class JsonText {
    /** Beyond this, nothing that anyone means. */
    private static final int DEEPEST = 200;

    /** A longer number is no number that anyone means; the limit bounds the work. */
    private static final int LONGEST_NUMBER = 1000;

    /** So many digits are a long, whatever they are. */
    private static final int SURELY_LONG = 18;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    /**
     * Reads a text.
     *
     * @throws IOException where it is not one JSON value; the message says why, and at which character
     */
    public static JsonNode read(String json) throws IOException {
        JsonText reader = new JsonText(json);
        JsonNode value = reader.value(0);
        reader.skipBlanks();
        if (reader.at < json.length()) {
            throw reader.wrong("more text follows the value");
        }
        return value;
    }

    /** The same from UTF-8. */
    public static JsonNode read(byte[] json) throws IOException {
        return read(StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(json))
                .toString());
    }

    private JsonNode value(int depth) throws IOException {
        if (depth > DEEPEST) {
            throw wrong("nested more than " + DEEPEST + " levels deep");
        }
        skipBlanks();
        return switch (peek()) {
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case '"' -> NODES.textNode(string());
            case 't' -> word("true", NODES.booleanNode(true));
            case 'f' -> word("false", NODES.booleanNode(false));
            case 'n' -> word("null", NODES.nullNode());
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> throw wrong("a value is expected");
        };
    }

    private ObjectNode object(int depth) throws IOException {
        ObjectNode object = NODES.objectNode();
        at++;
        skipBlanks();
        if (isNext('}')) {
            return object;
        }
        do {
            skipBlanks();
            if (peek() != '"') {
                throw wrong("a field name is expected");
            }
            String name = string();
            if (object.has(name)) {
                throw wrong("the field " + name + " stands here twice");
            }
            skipBlanks();
            expect(':');
            object.set(name, value(depth));
            skipBlanks();
        } while (isNext(','));
        expect('}');
        return object;
    }

    private ArrayNode array(int depth) throws IOException {
        ArrayNode array = NODES.arrayNode();
        at++;
        skipBlanks();
        if (isNext(']')) {
            return array;
        }
        do {
            array.add(value(depth));
            skipBlanks();
        } while (isNext(','));
        expect(']');
        return array;
    }

    private String string() throws IOException {
        String begin = plain(at + 1);
        if (isNext('"')) {
            return begin;
        }
        StringBuilder string = new StringBuilder(begin);
        while (!isNext('"')) {
            if (!isNext('\\')) {
                throw wrong("the end of the text, or a control character, within a string");
            }
            string.append(escaped()).append(plain(at));
        }
        return string.toString();
    }

    /** Up to what may not stand in a string as it is. */
    private String plain(int begin) {
        int end = begin;
        while (end < text.length()) {
            char c = text.charAt(end);
            if (c == '"' || c == '\\' || c < ' ') {
                break;
            }
            end++;
        }
        at = end;
        return text.substring(begin, end);
    }

    private char escaped() throws IOException {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw wrong("no such escape");
        };
    }

    private char unicode() throws IOException {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            char c = peek();
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw wrong("four hexadecimal digits are expected");
            }
            code = code * 16 + digit;
            at++;
        }
        return (char) code;
    }

    private JsonNode number() throws IOException {
        int begin = at;
        isNext('-');
        if (!isNext('0')) {
            digits();
        }
        boolean integer = true;
        if (isNext('.')) {
            integer = false;
            digits();
        }
        if (isNext('e') || isNext('E')) {
            integer = false;
            if (!isNext('+')) {
                isNext('-');
            }
            digits();
        }
        if (at - begin > LONGEST_NUMBER) {
            throw wrong("a number of more than " + LONGEST_NUMBER + " characters");
        }
        return number(text.substring(begin, at), integer);
    }

    private void digits() throws IOException {
        int begin = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == begin) {
            throw wrong("a digit is expected");
        }
    }

    private JsonNode number(String number, boolean integer) throws IOException {
        if (integer && number.length() <= SURELY_LONG) {
            return NODES.numberNode(Long.parseLong(number));
        }
        try {
            if (!integer) {
                return NODES.numberNode(new BigDecimal(number));
            }
            BigInteger value = new BigInteger(number);
            return value.bitLength() < Long.SIZE ? NODES.numberNode(value.longValue()) : NODES.numberNode(value);
        } catch (ArithmeticException | NumberFormatException e) {
            throw wrong("a number that is too large");
        }
    }

    private JsonNode word(String word, JsonNode value) throws IOException {
        if (!text.startsWith(word, at)) {
            throw wrong("a value is expected");
        }
        at += word.length();
        return value;
    }

    private void skipBlanks() {
        while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
            at++;
        }
    }

    private void expect(char c) throws IOException {
        if (!isNext(c)) {
            throw wrong("\"" + c + "\" is expected");
        }
    }

    /** Goes beyond this character, if it is the next one. */
    private boolean isNext(char c) {
        if (peek() != c || at == text.length()) {
            return false;
        }
        at++;
        return true;
    }

    /** The next character; at the end a zero, which stands nowhere in JSON. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private IOException wrong(String message) {
        return new IOException("not JSON, at character " + (at + 1) + ": " + message);
    }
}
