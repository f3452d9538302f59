package io.bpfchain.crds;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Adds to the generated schema what the generator has no annotation for. Used while the CRD is generated, never at run time. Input:
 * parts separated by semicolons, each {@code PROPERTY=DETAIL}, where a detail is {@code map} (a list-map by name), {@code map:KEY},
 * {@code atomic}, {@code required}, {@code absent}, {@code max:N} (properties), {@code default:GENERATION} (a status that says so until
 * there is one), {@code intOrString:MINIMUM} or {@code text:DESCRIPTION}.
 */
public final class SchemaDetails implements SchemaCustomizer.Customizer {
    @Override
    public JSONSchemaProps apply(JSONSchemaProps schema, String input, KubernetesSerialization serialization) {
        for (String word : input.split("; ", -1)) {
            int equals = word.indexOf('=');
            apply(schema, word.substring(0, equals), word.substring(equals + 1));
        }
        return schema;
    }

    private static void apply(JSONSchemaProps schema, String name, String detail) {
        JSONSchemaProps property = Objects.requireNonNull(schema.getProperties().get(name), name);
        switch (detail) {
            case "map" -> listMap(property, "name");
            case "atomic" -> property.setXKubernetesListType("atomic");
            case "required" -> {
                List<String> required = new ArrayList<>(schema.getRequired());
                required.add(name);
                schema.setRequired(required);
            }
            case "absent" -> schema.getProperties().remove(name);
            default -> {
                if (detail.startsWith("max:")) {
                    property.setMaxProperties(Long.valueOf(detail.substring("max:".length())));
                } else if (detail.startsWith("map:")) {
                    listMap(property, detail.substring("map:".length()));
                } else if (detail.startsWith("default:")) {
                    property.setDefault(JsonNodeFactory.instance
                            .objectNode()
                            .put("observedGeneration", Long.valueOf(detail.substring("default:".length()))));
                } else if (detail.startsWith("intOrString:")) {
                    property.setType(null);
                    property.setXKubernetesIntOrString(true);
                    property.setMinimum(Double.valueOf(detail.substring("intOrString:".length())));
                } else if (detail.startsWith("text:")) {
                    property.setDescription(detail.substring("text:".length()));
                } else {
                    throw new IllegalArgumentException("unknown detail " + detail + " of " + name);
                }
            }
        }
    }

    private static void listMap(JSONSchemaProps property, String key) {
        property.setXKubernetesListType("map");
        property.setXKubernetesListMapKeys(List.of(key));
    }
}
