package io.bpfchain.kernel.object;

import io.bpfchain.kernel.object.LoadRequest.FunctionLoad;
import io.bpfchain.kernel.object.LoadRequest.How;
import io.bpfchain.kernel.object.LoadRequest.MapLoad;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Encodes requests to the helper process; {@code elf/wire.h} and {@code elf/modes.h} describe them. */
final class HelperRequest {
    static final int MAGIC = 0x43465042;
    static final int VERSION = 2;
    private static final int INSPECT = 1;
    private static final int LOAD = 2;
    private static final int CREATE = 1;
    private static final int REUSE = 2;

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    private HelperRequest() {}

    static byte[] inspect(Path object) {
        HelperRequest request = new HelperRequest();
        request.text(object.toAbsolutePath().toString());
        return request.framed(INSPECT);
    }

    static byte[] load(LoadRequest load, Path directory) {
        HelperRequest request = new HelperRequest();
        request.text(load.object().toAbsolutePath().toString());
        request.text(directory.toAbsolutePath().toString());
        request.number(load.functions().size());
        load.functions().forEach(request::function);
        request.number(load.maps().size());
        load.maps().forEach(request::map);
        return request.framed(LOAD);
    }

    private void function(FunctionLoad function) {
        text(function.function());
        number(function.programType());
        number(function.expectedAttachType());
        bytes(function.identity());
        text(function.pinName());
    }

    private void map(MapLoad map) {
        text(map.map());
        text(map.pinName());
        switch (map.how()) {
            case How.Create create -> {
                number(CREATE);
                number(create.addFlags());
                number(create.initialValue().isPresent() ? 1 : 0);
                bytes(create.initialValue().orElse(new byte[0]));
            }
            case How.Reuse reuse -> {
                number(REUSE);
                text(reuse.pin().toAbsolutePath().toString());
            }
        }
    }

    private void text(String text) {
        bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private void bytes(byte[] bytes) {
        number(bytes.length);
        body.writeBytes(bytes);
    }

    private void number(int number) {
        body.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array());
    }

    private byte[] framed(int mode) {
        return ByteBuffer.allocate(4 * Integer.BYTES + body.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MAGIC)
                .putInt(VERSION)
                .putInt(mode)
                .putInt(body.size())
                .put(body.toByteArray())
                .array();
    }
}
