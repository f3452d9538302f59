package io.bpfchain.agent.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;

/** What is wrong now: logged once when it comes and once when it goes, and kept in the status file while it lasts. */
final class Complaints {
    private static final String MACHINE = "machine";

    private final RunSettings settings;
    private final Logger log;
    private final Map<String, String> current = new TreeMap<>();
    private Map<String, String> decided = Map.of();
    private Map<String, String> written = Map.of("never", "written");

    Complaints(RunSettings settings, Logger log) {
        this.settings = settings;
        this.log = log;
    }

    /** What the last decision found wrong with the folder and its files; what it no longer names is over. */
    void decided(Map<String, String> errors) {
        decided.keySet().stream().filter(s -> !errors.containsKey(s)).forEach(this::settled);
        errors.forEach(this::chain);
        decided = errors;
    }

    /** Something is wrong with a chain (or a file, or the folder). */
    void chain(String subject, String message) {
        if (!message.equals(current.put(subject, message))) {
            log.atError()
                    .addKeyValue("subject", subject)
                    .addKeyValue("message", message)
                    .log("is not in order");
        }
    }

    /** Whether something is wrong with the subject. */
    boolean isAbout(String subject) {
        return current.containsKey(subject);
    }

    /** Something is wrong with this machine or with bpfchain. */
    void machine(String message) {
        chain(MACHINE, message);
    }

    /** A whole cycle went well. */
    void machineSettled() {
        settled(MACHINE);
    }

    /** Nothing is wrong with the subject any more. */
    void settled(String subject) {
        if (current.remove(subject) != null) {
            log.atInfo().addKeyValue("subject", subject).log("is in order again");
        }
    }

    /** Writes the status file where something changed. A machine that cannot write it still has its chains kept. */
    void write(int chains, int watches, Instant now) {
        Map<String, String> state = new TreeMap<>(current);
        state.put("chains", Integer.toString(chains));
        if (state.equals(written)) {
            return;
        }
        Path file = settings.status();
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (OutputStream out = Files.newOutputStream(unfinished);
                    JsonGenerator json = new JsonFactory().createGenerator(out)) {
                json.writeStartObject();
                json.writeStringField("directory", settings.directory().toString());
                json.writeStringField("at", now.toString());
                json.writeNumberField("chains", chains);
                json.writeNumberField("watchedCgroups", watches);
                json.writeArrayFieldStart("errors");
                for (Map.Entry<String, String> error : current.entrySet()) {
                    json.writeStartObject();
                    json.writeStringField("subject", error.getKey());
                    json.writeStringField("message", error.getValue());
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            written = state;
        } catch (IOException e) {
            log.atWarn().addKeyValue("file", file).setCause(e).log("could not write the status file");
        }
    }
}
