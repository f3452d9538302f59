package io.bpfchain.agent.state;

import com.fasterxml.jackson.core.JsonGenerator;
import io.bpfchain.agent.json.JsonFields;
import io.bpfchain.agent.json.JsonForm;
import io.bpfchain.agent.state.Journal.JournalEntry;
import io.bpfchain.agent.state.Journal.JournalHook;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.agent.state.Journal.JournalObject;
import io.bpfchain.agent.state.Journal.JournalRoot;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.OnUnsafe;
import java.io.IOException;

/** Journals as JSON. */
final class JournalJson {
    static final JsonForm<JournalHook> HOOK = new JsonForm<>(
            (hook, out) -> {
                out.writeNumberField("cgroupId", hook.cgroupId());
                out.writeStringField("path", hook.path());
                out.writeStringField("attachType", hook.attachType().name());
            },
            in -> new JournalHook(
                    in.longInteger("cgroupId"), in.text("path"), in.choice("attachType", AttachType.class)));

    private static final JsonForm<JournalEntry> ENTRY = new JsonForm<>(
            (entry, out) -> {
                out.writeStringField("program", entry.program());
                out.writeStringField("object", entry.object());
                out.writeStringField("function", entry.function());
                out.writeStringField("version", entry.version());
                out.writeStringField("instance", entry.instance());
            },
            in -> new JournalEntry(
                    in.text("program"),
                    in.text("object"),
                    in.text("function"),
                    in.text("version"),
                    in.text("instance")));

    private static final JsonForm<JournalMap> MAP = new JsonForm<>(
            (map, out) -> {
                out.writeStringField("name", map.name());
                out.writeStringField("instance", map.instance());
                out.writeStringField("sharedAs", map.sharedAs());
                out.writeStringField("entriesDigest", map.entriesDigest());
                out.writeNumberField("entries", map.entries());
                out.writeBooleanField("readOnly", map.readOnly());
                out.writeBooleanField("stablePin", map.stablePin());
            },
            in -> new JournalMap(
                    in.text("name"),
                    in.text("instance"),
                    in.optionalText("sharedAs").orElse(null),
                    in.optionalText("entriesDigest").orElse(null),
                    in.integer("entries"),
                    in.truth("readOnly"),
                    in.truth("stablePin")));

    private static final JsonForm<JournalObject> OBJECT = new JsonForm<>(
            (object, out) -> {
                out.writeStringField("name", object.name());
                out.writeStringField("digest", object.digest());
                out.writeStringField("version", object.version());
                MAP.writeAll("maps", object.maps(), out);
            },
            in -> new JournalObject(in.text("name"), in.text("digest"), in.text("version"), in.objects("maps", MAP)));

    static final JsonForm<Journal> JOURNAL = new JsonForm<>(JournalJson::write, JournalJson::read);

    private JournalJson() {}

    private static void write(Journal journal, JsonGenerator out) throws IOException {
        out.writeStringField("chain", journal.chain());
        out.writeStringField("uid", journal.uid());
        out.writeNumberField("sequence", journal.sequence());
        out.writeNumberField("revision", journal.revision());
        out.writeStringField("bootId", journal.bootId());
        out.writeNumberField("rootId", journal.root().cgroupId());
        out.writeStringField("root", journal.root().directory());
        out.writeStringField("attachType", journal.attachType().name());
        out.writeNumberField("priority", journal.priority());
        out.writeStringField("onUnsafe", journal.onUnsafe().name());
        ENTRY.writeAll("entries", journal.entries(), out);
        OBJECT.writeAll("objects", journal.objects(), out);
        HOOK.writeAll("hooks", journal.hooks(), out);
        HOOK.writeAll("leaving", journal.leaving(), out);
        JsonForm.writeTexts("copies", journal.copies(), out);
        out.writeBooleanField("retired", journal.retired());
    }

    private static Journal read(JsonFields in) {
        return new Journal(
                in.text("chain"),
                in.text("uid"),
                in.longInteger("sequence"),
                in.integer("revision"),
                in.text("bootId"),
                new JournalRoot(in.longInteger("rootId"), in.text("root")),
                in.choice("attachType", AttachType.class),
                in.integer("priority"),
                in.choice("onUnsafe", OnUnsafe.class),
                in.objects("entries", ENTRY),
                in.objects("objects", OBJECT),
                in.objects("hooks", HOOK),
                in.objects("leaving", HOOK),
                in.texts("copies"),
                in.truth("retired"));
    }
}
