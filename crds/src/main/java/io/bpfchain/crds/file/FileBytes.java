package io.bpfchain.crds.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** The bytes of a file as text. */
sealed interface FileBytes {
    record Bytes(byte[] bytes) implements FileBytes {}

    record Text(String text) implements FileBytes {}

    record Failed(FileError error) implements FileBytes {}

    /** Reads a file; one with more than {@code most} bytes is refused. */
    static FileBytes read(Path file, String name, int most) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, name, most);
        } catch (NoSuchFileException e) {
            return failed(name, "no such file");
        } catch (AccessDeniedException e) {
            return failed(name, "permission denied");
        } catch (IOException e) {
            return failed(name, "cannot be read: " + e.getMessage());
        }
    }

    /** Reads a stream to its end; more than {@code most} bytes are refused. */
    static FileBytes read(InputStream in, String name, int most) throws IOException {
        byte[] bytes = in.readNBytes(most);
        return bytes.length == most && in.read() >= 0
                ? failed(name, "larger than " + most + " bytes, the most that is read")
                : new Bytes(bytes);
    }

    /** Decodes UTF-8, with or without a byte order mark. */
    static FileBytes decode(byte[] bytes, String name) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            int line = 1;
            for (byte b : Arrays.copyOf(bytes, in.position())) {
                line += b == '\n' ? 1 : 0;
            }
            return new Failed(new FileError(name, line, "", "not UTF-8: byte 0x%02x".formatted(bytes[in.position()])));
        }
        String text = out.flip().toString();
        return new Text(text.startsWith("\uFEFF") ? text.substring(1) : text);
    }

    private static Failed failed(String name, String message) {
        return new Failed(new FileError(name, 0, "", message));
    }
}
