package io.bpfchain.crds.file;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.crds.testing.RawApi.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why an API server refuses an object. It looks at an object in steps and stops after the first that finds something, where the
 * reader of files reports everything; so what it has to complain about depends on the step.
 */
record Verdict(Step step, List<Complaint> complaints) {
    /** Strict decoding: {@code unknown field "spec.a"}. */
    private static final Pattern UNKNOWN = Pattern.compile("unknown field \"([^\"]*)\"");
    /** Decoding of metadata: {@code cannot unmarshal number into Go struct field ObjectMeta.labels of type string}. */
    private static final Pattern METADATA =
            Pattern.compile("cannot unmarshal \\w+ into Go struct field ObjectMeta[.](\\w+)");
    /** Server-side apply needs typed values before it can validate any: {@code .spec.cgroup: expected map, got ...}. */
    private static final Pattern TYPED = Pattern.compile(
            "(?m)(?:^|: )\\s*[.](\\S+): (expected|duplicate entries|field not declared|element \\d+: associative list)");

    private static final String RULES_LEFT_OUT = "some validation rules were not checked";
    private static final String ABOUT_NO_FIELD = "Checked value must be of type";

    /** How far the API server got. */
    enum Step {
        ACCEPTED,
        /** It did not understand something; it reports every field that it does not know. */
        STRICT_DECODING,
        /** It could not give every value its type; it reports some of the reasons. */
        TYPES,
        /** It found schema errors after which it did not look at the CEL rules. */
        SCHEMA,
        SCHEMA_AND_RULES
    }

    /** @param message begins with the kind of error, as that of a {@link FileError} does */
    record Complaint(String path, String message) {}

    static Verdict of(Answer answer) {
        JsonNode status = answer.body();
        String message = status.path("message").asText();
        if (answer.successful()) {
            return new Verdict(Step.ACCEPTED, List.of());
        }
        JsonNode causes = status.path("details").path("causes");
        // What it cannot decode after a patch is "invalid" too: the field is "patch" then.
        if (answer.code() == 422 && !causes.path(0).path("field").asText().equals("patch")) {
            return invalid(causes);
        }
        List<Complaint> unknown = UNKNOWN.matcher(message)
                .results()
                .map(found -> new Complaint(found.group(1), "unknown field"))
                .toList();
        return unknown.isEmpty() ? untyped(message) : new Verdict(Step.STRICT_DECODING, unknown);
    }

    private static Verdict invalid(JsonNode causes) {
        List<Complaint> complaints = new ArrayList<>();
        Step step = Step.SCHEMA_AND_RULES;
        for (JsonNode cause : causes) {
            String message = cause.path("message").asText();
            String field = cause.path("field").asText();
            if (message.contains(RULES_LEFT_OUT)) {
                step = Step.SCHEMA;
            } else if (!message.contains(ABOUT_NO_FIELD)) {
                complaints.add(new Complaint(field.equals("<nil>") ? "" : field, message));
            }
        }
        return new Verdict(step, complaints);
    }

    private static Verdict untyped(String message) {
        List<Complaint> complaints = new ArrayList<>();
        for (Matcher found = TYPED.matcher(message); found.find(); ) {
            String kind = switch (found.group(2)) {
                case "expected" -> "Invalid value";
                case "duplicate entries" -> "Duplicate value";
                case "field not declared" -> "unknown field";
                default -> "Required value";
            };
            complaints.add(new Complaint(found.group(1), kind));
        }
        for (Matcher found = METADATA.matcher(message); found.find(); ) {
            complaints.add(new Complaint("metadata." + found.group(1), "Invalid value"));
        }
        if (complaints.isEmpty()) {
            throw new AssertionError("the API server answers in words that this test does not know: " + message);
        }
        return new Verdict(Step.TYPES, complaints);
    }

    /** The errors of the reader that the API server should have come to as well. */
    List<FileError> due(List<FileError> errors, Set<String> rules) {
        return switch (step) {
            case ACCEPTED, TYPES -> List.of();
            case STRICT_DECODING ->
                errors.stream()
                        .filter(e -> kind(e.message()).equals("unknown field"))
                        .toList();
            case SCHEMA -> errors.stream().filter(e -> rule(e, rules).isEmpty()).toList();
            case SCHEMA_AND_RULES -> errors;
        };
    }

    /** Whether a complaint is that error of the reader. */
    boolean is(Complaint complaint, FileError error, Set<String> rules) {
        String rule = rule(error, rules);
        if (!rule.isEmpty()) {
            return complaint.path().equals(error.fieldPath())
                    && complaint.message().startsWith("Invalid value: ")
                    && complaint.message().endsWith(rule);
        }
        if (step == Step.STRICT_DECODING && kind(error.message()).equals("Invalid value")) {
            // It looks for unknown fields in objects that stand where there should be none.
            return complaint.path().startsWith(error.fieldPath() + ".");
        }
        return kind(complaint.message()).equals(kind(error.message())) && isPath(complaint.path(), error.fieldPath());
    }

    private boolean isPath(String path, String exact) {
        if (step == Step.TYPES) {
            // Items of list-maps go by their keys here, and of a wrong item only the list is named.
            return withoutIndices(exact).startsWith(withoutIndices(path));
        }
        // Labels are named together.
        return path.equals(exact) || (path.equals("metadata.labels") && exact.startsWith("metadata.labels."));
    }

    private static String withoutIndices(String path) {
        return path.replaceAll("\\[[^\\]]*]", "[]");
    }

    private static String rule(FileError error, Set<String> rules) {
        return rules.stream()
                .filter(r -> error.message().equals("Invalid value: " + r)
                        || error.message().startsWith("Invalid value: " + r + " ("))
                .findFirst()
                .orElse("");
    }

    private static String kind(String message) {
        return message.startsWith("unknown field") ? "unknown field" : message.split(":", 2)[0];
    }
}
