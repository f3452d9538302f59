package io.bpfchain.kernel.object;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the helper's fields. Hostile bytes may have taken the helper over, so nothing is believed: every number has a range, every length
 * is compared with what is left, and names are printable.
 */
final class WireReader {
    /** Longer names than the kernel or a compiler makes are refused. */
    private static final int NAME_LIMIT = 256;

    private static final int COUNT_LIMIT = 65_536;

    private final ByteBuffer bytes;

    WireReader(byte[] response) {
        bytes = ByteBuffer.wrap(response).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A response, or a value in it, that the helper as we built it would not send. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }
    }

    /** Reads one element of a list. */
    interface Element<T> {
        T read(WireReader reader) throws MalformedException;
    }

    int bits() throws MalformedException {
        need(Integer.BYTES);
        return bytes.getInt();
    }

    long longBits() throws MalformedException {
        need(Long.BYTES);
        return bytes.getLong();
    }

    /** A number that is not negative as an int. */
    int number(String what) throws MalformedException {
        int number = bits();
        if (number < 0) {
            throw new MalformedException(
                    "%s is %d, which is too large".formatted(what, Integer.toUnsignedLong(number)));
        }
        return number;
    }

    boolean flag(String what) throws MalformedException {
        int number = bits();
        if (number != 0 && number != 1) {
            throw new MalformedException("%s is neither 0 nor 1".formatted(what));
        }
        return number == 1;
    }

    byte[] blob() throws MalformedException {
        int length = bits();
        if (length < 0 || length > bytes.remaining()) {
            throw new MalformedException("a length goes beyond the end");
        }
        byte[] blob = new byte[length];
        bytes.get(blob);
        return blob;
    }

    /** A name of printable ASCII without blanks. */
    String name(String what) throws MalformedException {
        byte[] name = blob();
        if (name.length == 0 || name.length > NAME_LIMIT) {
            throw new MalformedException("%s has %d characters".formatted(what, name.length));
        }
        for (byte b : name) {
            if (b <= ' ' || b > '~') {
                throw new MalformedException("%s holds a character that is not printable ASCII".formatted(what));
            }
        }
        return new String(name, StandardCharsets.US_ASCII);
    }

    /** Text for people: characters that could move a terminal's cursor become question marks. */
    String text() throws MalformedException {
        return printable(blob());
    }

    static String printable(byte[] bytes) {
        byte[] text = bytes.clone();
        for (int i = 0; i < text.length; i++) {
            if ((text[i] < ' ' && text[i] != '\n' && text[i] != '\t') || text[i] > '~') {
                text[i] = '?';
            }
        }
        return new String(text, StandardCharsets.US_ASCII);
    }

    <T> List<T> list(String what, Element<T> element) throws MalformedException {
        int count = bits();
        if (count < 0 || count > COUNT_LIMIT) {
            throw new MalformedException("there are too many " + what);
        }
        List<T> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(element.read(this));
        }
        return list;
    }

    void end() throws MalformedException {
        if (bytes.hasRemaining()) {
            throw new MalformedException("%d bytes too many".formatted(bytes.remaining()));
        }
    }

    private void need(int length) throws MalformedException {
        if (bytes.remaining() < length) {
            throw new MalformedException("it ends too early");
        }
    }
}
