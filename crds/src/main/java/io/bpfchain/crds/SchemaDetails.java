package io.bpfchain.crds;

import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Adds to the generated schema what the generator has no annotation for. Used while the CRD is generated, never at run time. Input:
 * parts separated by semicolons, each {@code PROPERTY=DETAIL}, where a detail is {@code map} (a list-map by name), {@code atomic},
 * {@code required}, {@code absent}, {@code max:N} (properties) or {@code text:DESCRIPTION}.
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
            case "map" -> {
                property.setXKubernetesListType("map");
                property.setXKubernetesListMapKeys(List.of("name"));
            }
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
                } else if (detail.startsWith("text:")) {
                    property.setDescription(detail.substring("text:".length()));
                } else {
                    throw new IllegalArgumentException("unknown detail " + detail + " of " + name);
                }
            }
        }
    }
}
