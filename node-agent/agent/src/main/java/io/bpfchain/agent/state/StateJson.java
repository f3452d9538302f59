package io.bpfchain.agent.state;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.file.CanonicalJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** Records as JSON files, read strictly. */
final class StateJson {
    private final ObjectMapper mapper = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, new InstantText())
                    .addDeserializer(Instant.class, new TextInstant())
                    .addSerializer(ChainSpec.class, new SpecText())
                    .addDeserializer(ChainSpec.class, new TextSpec()))
            .build();

    void write(Path file, Object value) {
        try {
            DurableFiles.write(file, mapper.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot be written as JSON: " + value, e);
        }
    }

    /** The same for a file that a power failure may take. */
    void writeUnforced(Path file, Object value) {
        try {
            DurableFiles.writeUnforced(file, mapper.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot be written as JSON: " + value, e);
        }
    }

    /** The record in a file, or empty where there is no such file. */
    <T> Optional<T> read(Path file, Class<T> type) {
        return DurableFiles.read(file).map(bytes -> parse(file, bytes, type));
    }

    private <T> T parse(Path file, byte[] bytes, Class<T> type) {
        try {
            T value = mapper.readValue(bytes, type);
            if (value == null) {
                throw new IOException("null");
            }
            return value;
        } catch (IOException | IllegalArgumentException e) {
            throw StateException.corrupt(file, e);
        }
    }

    private static final class InstantText extends JsonSerializer<Instant> {
        @Override
        public void serialize(Instant value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(value.toString());
        }
    }

    private static final class TextInstant extends JsonDeserializer<Instant> {
        @Override
        public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
            try {
                return Instant.parse(in.getValueAsString(""));
            } catch (DateTimeException e) {
                throw new IOException("not a time: " + in.getValueAsString(""), e);
            }
        }
    }

    private static final class SpecText extends JsonSerializer<ChainSpec> {
        @Override
        public void serialize(ChainSpec value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeRawValue(CanonicalJson.write(value));
        }
    }

    private static final class TextSpec extends JsonDeserializer<ChainSpec> {
        @Override
        public ChainSpec deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return CanonicalJson.read(context.readTree(in).toString());
        }
    }
}
