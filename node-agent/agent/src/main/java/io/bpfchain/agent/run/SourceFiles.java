package io.bpfchain.agent.run;

import io.bpfchain.crds.file.ChainDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Looks at the files that chains refer to; one call of the system for each, nothing is read. */
final class SourceFiles {
    private final Duration settle;

    SourceFiles(Duration settle) {
        this.settle = settle;
    }

    Sources look(Collection<ChainDocument> documents, Instant now) {
        Map<Path, String> looks = new HashMap<>();
        Set<Path> unsettled = new HashSet<>();
        Set<Path> files = new HashSet<>();
        documents.forEach(d -> files.addAll(Sources.of(d)));
        for (Path file : files) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                Instant modified = attributes.lastModifiedTime().toInstant();
                if (Duration.between(modified, now).abs().compareTo(settle) < 0) {
                    unsettled.add(file);
                }
                looks.put(file, attributes.size() + " " + modified + " " + attributes.fileKey());
            } catch (NoSuchFileException e) {
                looks.put(file, "no such file");
            } catch (IOException e) {
                looks.put(file, e.toString());
            }
        }
        return new Sources(looks, unsettled);
    }
}
