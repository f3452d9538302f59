package io.bpfchain.operator.revision;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.MapSpec.EntriesFrom;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.file.CanonicalJson;
import io.bpfchain.crds.file.ChainFiles;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the API server cannot check: free-form values, the size of a chain, and what has no meaning in a cluster. */
public final class SpecCheck {
    /** A spec, or why it cannot be carried out. */
    public sealed interface Result {
        record Valid(ChainSpec spec) implements Result {}

        record Invalid(String message) implements Result {}
    }

    private static final String PREFIX = "not a chain spec: ";

    private SpecCheck() {}

    /** Reads a spec as it came from the API server. */
    public static Result read(JsonNode spec) {
        String text = spec.toString();
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > ChainFiles.DOCUMENT_BYTES) {
            return new Result.Invalid("The spec has " + bytes + " bytes; at most " + ChainFiles.DOCUMENT_BYTES
                    + " are read: put long lists of entries into a ConfigMap (entriesFrom).");
        }
        try {
            ChainSpec read = CanonicalJson.read(text);
            return notForACluster(read).<Result>map(Result.Invalid::new).orElseGet(() -> new Result.Valid(read));
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            return new Result.Invalid(message.startsWith(PREFIX) ? message.substring(PREFIX.length()) : message);
        }
    }

    private static Optional<String> notForACluster(ChainSpec spec) {
        for (int i = 0; i < spec.objects().size(); i++) {
            ObjectSpec object = spec.objects().get(i);
            String place = "spec.objects[" + i + "]";
            if (object.source().file() != null) {
                return Optional.of(file(place + ".source.file"));
            }
            for (int m = 0; m < object.maps().size(); m++) {
                Optional<String> problem = notForACluster(object.maps().get(m), place + ".maps[" + m + "].entriesFrom");
                if (problem.isPresent()) {
                    return problem;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> notForACluster(MapSpec map, String place) {
        EntriesFrom from = map.entriesFrom();
        return from == null || from.file() == null ? Optional.empty() : Optional.of(file(place + ".file"));
    }

    private static String file(String place) {
        return place + ": file sources are for one host; in a cluster use oci, configMap or url.";
    }
}
