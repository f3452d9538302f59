package io.bpfchain.agent.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.crds.file.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * How values of a type are written as JSON objects and read again.
 *
 * @param writer writes the fields
 * @param reader takes every field that the writer writes; throws IllegalArgumentException where they make no value
 */
public record JsonForm<T>(Writer<T> writer, Function<JsonFields, T> reader) {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** Writes the fields of a value. */
    public interface Writer<T> {
        void write(T value, JsonGenerator out) throws IOException;
    }

    public JsonForm {
        Objects.requireNonNull(writer);
        Objects.requireNonNull(reader);
    }

    /** A whole document. */
    public byte[] bytes(T value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
            write(value, out);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot be written as JSON: " + value, e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads a whole document.
     *
     * @throws IOException where it is no JSON
     * @throws IllegalArgumentException where it is another object than {@link #bytes} writes
     */
    public T parse(byte[] json) throws IOException {
        return read(JsonText.read(json));
    }

    /** Writes a list of values as a field. */
    public void writeAll(String field, List<T> values, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart(field);
        for (T value : values) {
            write(value, out);
        }
        out.writeEndArray();
    }

    /** Writes a list of texts as a field. */
    public static void writeTexts(String field, List<String> texts, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart(field);
        for (String text : texts) {
            out.writeString(text);
        }
        out.writeEndArray();
    }

    private void write(T value, JsonGenerator out) throws IOException {
        out.writeStartObject();
        writer.write(value, out);
        out.writeEndObject();
    }

    T read(JsonNode json) {
        if (!(json instanceof ObjectNode object)) {
            throw new IllegalArgumentException("an object is expected, not " + json.getNodeType());
        }
        JsonFields fields = new JsonFields(object);
        T value = reader.apply(fields);
        fields.end();
        return value;
    }
}
