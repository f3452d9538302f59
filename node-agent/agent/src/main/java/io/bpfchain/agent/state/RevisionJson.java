package io.bpfchain.agent.state;

import com.fasterxml.jackson.core.JsonGenerator;
import io.bpfchain.agent.json.JsonFields;
import io.bpfchain.agent.json.JsonForm;
import io.bpfchain.agent.state.StoredRevision.StoredObject;
import io.bpfchain.crds.file.CanonicalJson;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Revisions as JSON; the specification as canonical JSON. */
final class RevisionJson {
    private static final JsonForm<StoredObject> OBJECT = new JsonForm<>(
            (object, out) -> {
                out.writeStringField("name", object.name());
                out.writeStringField("digest", object.digest());
                out.writeObjectFieldStart("entries");
                for (Map.Entry<String, String> entry : object.entries().entrySet()) {
                    out.writeStringField(entry.getKey(), entry.getValue());
                }
                out.writeEndObject();
            },
            in -> new StoredObject(in.text("name"), in.text("digest"), in.textsByName("entries")));

    static final JsonForm<StoredRevision> REVISION = new JsonForm<>(RevisionJson::write, RevisionJson::read);

    /** Only the objects of a revision: to read all of it is also to check its specification, which takes many times as long. */
    static final JsonForm<List<StoredObject>> OBJECTS =
            new JsonForm<>((objects, out) -> OBJECT.writeAll("objects", objects, out), RevisionJson::readObjects);

    private RevisionJson() {}

    private static void write(StoredRevision revision, JsonGenerator out) throws IOException {
        out.writeStringField("chain", revision.chain());
        out.writeNumberField("number", revision.number());
        out.writeStringField("digest", revision.digest());
        out.writeFieldName("spec");
        out.writeRawValue(CanonicalJson.write(revision.spec()));
        OBJECT.writeAll("objects", revision.objects(), out);
        out.writeStringField("cause", revision.cause());
        out.writeStringField("at", revision.at().toString());
        out.writeStringField("manager", revision.manager());
        out.writeStringField("createdAt", revision.createdAt().toString());
    }

    /** Revisions of earlier versions do not say when their chain was made; those that they lead to do. */
    private static StoredRevision read(JsonFields in) {
        Instant at = in.instant("at");
        return new StoredRevision(
                in.text("chain"),
                in.integer("number"),
                in.text("digest"),
                CanonicalJson.read(in.value("spec")),
                in.objects("objects", OBJECT),
                in.text("cause"),
                at,
                in.text("manager"),
                in.optionalInstant("createdAt").orElse(at));
    }

    private static List<StoredObject> readObjects(JsonFields in) {
        for (String other : List.of("chain", "number", "digest", "spec", "cause", "at", "manager")) {
            in.value(other);
        }
        in.optionalText("createdAt");
        return in.objects("objects", OBJECT);
    }
}
