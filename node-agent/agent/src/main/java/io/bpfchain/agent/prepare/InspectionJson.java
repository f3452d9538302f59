package io.bpfchain.agent.prepare;

import com.fasterxml.jackson.core.JsonGenerator;
import io.bpfchain.agent.json.JsonFields;
import io.bpfchain.agent.json.JsonForm;
import io.bpfchain.kernel.object.FunctionInfo;
import io.bpfchain.kernel.object.MapDefinition;
import io.bpfchain.kernel.object.ObjectInfo;
import java.io.IOException;
import java.util.OptionalInt;

/** What is in an object, as JSON. */
final class InspectionJson {
    /** Stands for what libbpf does not derive. */
    private static final int NOTHING = -1;

    private static final JsonForm<FunctionInfo> FUNCTION = new JsonForm<>(
            (function, out) -> {
                out.writeStringField("name", function.name());
                out.writeStringField("section", function.section());
                out.writeNumberField("programType", function.programType().orElse(NOTHING));
                out.writeNumberField(
                        "expectedAttachType", function.expectedAttachType().orElse(NOTHING));
                out.writeNumberField("instructions", function.instructions());
                JsonForm.writeTexts("maps", function.maps(), out);
            },
            in -> new FunctionInfo(
                    in.text("name"),
                    in.text("section"),
                    optional(in.integer("programType")),
                    optional(in.integer("expectedAttachType")),
                    in.integer("instructions"),
                    in.texts("maps")));

    private static final JsonForm<MapDefinition> MAP =
            new JsonForm<>(InspectionJson::writeMap, InspectionJson::readMap);

    static final JsonForm<ObjectInfo> OBJECT = new JsonForm<>(
            (object, out) -> {
                FUNCTION.writeAll("functions", object.functions(), out);
                MAP.writeAll("maps", object.maps(), out);
                out.writeBinaryField("btf", object.btf());
                out.writeStringField("license", object.license());
                JsonForm.writeTexts("notes", object.notes(), out);
            },
            in -> new ObjectInfo(
                    in.objects("functions", FUNCTION),
                    in.objects("maps", MAP),
                    in.bytes("btf"),
                    in.text("license"),
                    in.texts("notes")));

    private InspectionJson() {}

    private static void writeMap(MapDefinition map, JsonGenerator out) throws IOException {
        out.writeStringField("name", map.name());
        out.writeNumberField("type", map.type());
        out.writeNumberField("keySize", map.keySize());
        out.writeNumberField("valueSize", map.valueSize());
        out.writeNumberField("maxEntries", map.maxEntries());
        out.writeNumberField("flags", map.flags());
        out.writeNumberField("extra", map.extra());
        out.writeNumberField("keyTypeId", map.keyTypeId());
        out.writeNumberField("valueTypeId", map.valueTypeId());
        out.writeBooleanField("pinnedByName", map.pinnedByName());
        out.writeBooleanField("dataSection", map.dataSection());
        out.writeBinaryField("initialValue", map.initialValue());
        out.writeBooleanField("staticInitializers", map.staticInitializers());
    }

    private static MapDefinition readMap(JsonFields in) {
        return new MapDefinition(
                in.text("name"),
                in.integer("type"),
                in.integer("keySize"),
                in.integer("valueSize"),
                in.integer("maxEntries"),
                in.integer("flags"),
                in.longInteger("extra"),
                in.integer("keyTypeId"),
                in.integer("valueTypeId"),
                in.truth("pinnedByName"),
                in.truth("dataSection"),
                in.bytes("initialValue"),
                in.truth("staticInitializers"));
    }

    private static OptionalInt optional(int value) {
        return value < 0 ? OptionalInt.empty() : OptionalInt.of(value);
    }
}
