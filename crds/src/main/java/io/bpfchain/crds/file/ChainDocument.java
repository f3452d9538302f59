package io.bpfchain.crds.file;

import io.bpfchain.crds.ChainSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * One valid CgroupProgramChain as read from a file.
 *
 * @param origin for messages: {@code chain.yaml:12}, or {@code <stdin>:1}
 * @param directory what relative paths in it are relative to
 * @param spec with every default filled in
 * @param places where its fields are written
 */
public record ChainDocument(
        String name,
        Map<String, String> labels,
        Map<String, String> annotations,
        ChainSpec spec,
        String origin,
        Path directory,
        Places places) {
    public ChainDocument {
        Objects.requireNonNull(name);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        Objects.requireNonNull(spec);
        Objects.requireNonNull(origin);
        Objects.requireNonNull(directory);
        Objects.requireNonNull(places);
    }
}
