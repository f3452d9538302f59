package io.bpfchain.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What GitOps tools make of an object: Argo CD by the project's health.lua, Flux by the rules of kstatus. */
final class GitOpsTools {
    private static final Path HEALTH = Path.of("../examples/gitops/argocd/health.lua");

    private GitOpsTools() {}

    /** The health that Argo CD shows, from health.lua run by Lua 5.1, the language level that Argo CD embeds. */
    static String argo(JsonNode object) {
        String program = "obj = %s\nlocal health = dofile('%s')\nassert(#health.message > 0)\nio.write(health.status)\n"
                .formatted(lua(object), HEALTH);
        try {
            Process process =
                    new ProcessBuilder("lua5.1", "-").redirectErrorStream(true).start();
            try (var to = process.getOutputStream()) {
                to.write(program.getBytes(StandardCharsets.UTF_8));
            }
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("run lua5.1", e);
        }
    }

    /**
     * The status that Flux waits for, by the rules for objects of unknown kinds in {@code sigs.k8s.io/cli-utils/pkg/kstatus}: the observed
     * generation first, then the conditions Reconciling and Stalled, then Ready.
     */
    static String kstatus(JsonNode object) {
        JsonNode observed = object.at("/status/observedGeneration");
        if (observed.isNumber()
                && observed.asLong() != object.at("/metadata/generation").asLong()) {
            return "InProgress";
        }
        if (isTrue(object, "Reconciling")) {
            return "InProgress";
        }
        if (isTrue(object, "Stalled")) {
            return "Failed";
        }
        for (JsonNode condition : object.at("/status/conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True") ? "Current" : "InProgress";
            }
        }
        return "Current";
    }

    private static boolean isTrue(JsonNode object, String type) {
        for (JsonNode condition : object.at("/status/conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    private static String lua(JsonNode value) {
        if (value.isObject()) {
            List<String> fields = new ArrayList<>();
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                fields.add("[" + text(field.getKey()) + "]=" + lua(field.getValue()));
            }
            return "{" + String.join(",", fields) + "}";
        }
        if (value.isArray()) {
            List<String> elements = new ArrayList<>();
            value.forEach(element -> elements.add(lua(element)));
            return "{" + String.join(",", elements) + "}";
        }
        return value.isTextual() ? text(value.textValue()) : value.isNull() ? "nil" : value.asText();
    }

    private static String text(String value) {
        StringBuilder out = new StringBuilder("\"");
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            out.append("\\%03d".formatted(b & 0xff));
        }
        return out.append('"').toString();
    }
}
