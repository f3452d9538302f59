package io.bpfchain.crds;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a status that another version may have written. One that this version cannot read (a word of a newer one, a field that an older
 * one left out) counts as none and is logged: thrown on, it would end the watch on all objects of the kind, and no watcher acts on a
 * status that it does not understand.
 */
public final class ReadableStatus extends JsonDeserializer<@Nullable Object> implements ContextualDeserializer {
    private static final Logger LOG = LoggerFactory.getLogger(ReadableStatus.class);

    /** Fields that it does not know are no reason: what it knows is read. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final @Nullable JavaType type;

    /** For Jackson, which then asks for the one of the property. */
    public ReadableStatus() {
        this(null);
    }

    private ReadableStatus(@Nullable JavaType type) {
        this.type = type;
    }

    @Override
    public JsonDeserializer<?> createContextual(DeserializationContext context, BeanProperty property) {
        return new ReadableStatus(property.getType());
    }

    @Override
    public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        JsonNode status = context.readTree(parser);
        try {
            return JSON.treeToValue(status, type);
        } catch (JsonProcessingException e) {
            LOG.atWarn()
                    .addKeyValue("agentVersion", status.path("agentVersion").asText())
                    .addKeyValue("nodeObjectUID", status.path("nodeObjectUID").asText())
                    .addKeyValue("why", e.getOriginalMessage())
                    .log("a status was written by another version and cannot be read; it counts as none");
            return null;
        }
    }
}
