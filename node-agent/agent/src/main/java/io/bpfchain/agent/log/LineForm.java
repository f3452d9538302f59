package io.bpfchain.agent.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/** How a line of the log is written. */
enum LineForm {
    /** {@code WARN message key=value}; the journal adds the time. A message of several lines stays one line. */
    PLAIN {
        @Override
        String line(Instant at, Level level, String message, List<KeyValuePair> pairs) {
            StringBuilder line = new StringBuilder(level.name()).append(' ').append(oneLine(message));
            pairs.forEach(p -> line.append(' ').append(p.key).append('=').append(oneLine(String.valueOf(p.value))));
            return line.toString();
        }
    },
    /** One JSON object: {@code time}, {@code level}, {@code message}, and the key-values. */
    JSON {
        @Override
        String line(Instant at, Level level, String message, List<KeyValuePair> pairs) {
            StringWriter line = new StringWriter();
            try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
                json.writeStartObject();
                json.writeStringField("time", at.toString());
                json.writeStringField("level", level.name());
                json.writeStringField("message", message);
                for (KeyValuePair pair : pairs) {
                    if (pair.value instanceof Number number) {
                        json.writeFieldName(pair.key);
                        json.writeNumber(number.toString());
                    } else {
                        json.writeStringField(pair.key, String.valueOf(pair.value));
                    }
                }
                json.writeEndObject();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return line.toString();
        }
    };

    abstract String line(Instant at, Level level, String message, List<KeyValuePair> pairs);

    private static String oneLine(String text) {
        return text.replace("\n", "; ");
    }
}
