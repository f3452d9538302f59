package io.bpfchain.agent.cluster;

import io.bpfchain.agent.cluster.Contents.Content;
import io.bpfchain.agent.state.BlobStore;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.MapSpec.EntriesFrom;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.Sha256;
import io.bpfchain.crds.SourceSpec;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.crds.file.Places;
import io.bpfchain.crds.revision.RevisionContent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Revisions as chain files that name this machine's own copies, so that from here on everything is as without a cluster. Pure. */
final class Documents {
    private Documents() {}

    /** The document, or what in the content no file of this machine can stand for. */
    static Content of(RevisionContent content, long number, BlobStore blobs) {
        List<ObjectSpec> objects = new ArrayList<>();
        for (ObjectSpec object : content.spec().objects()) {
            Optional<SourceSpec> source = source(content, object, blobs);
            List<MapSpec> maps = new ArrayList<>();
            for (MapSpec map : object.maps()) {
                EntriesFrom from = map.entriesFrom();
                Optional<Path> list = from == null ? Optional.empty() : file(content, object, map, blobs);
                if (from != null && list.isEmpty()) {
                    return unsupported(object.name() + ", map " + map.name());
                }
                maps.add(list.map(l -> withEntries(map, l)).orElse(map));
            }
            if (source.isEmpty()) {
                return unsupported(object.name());
            }
            objects.add(new ObjectSpec(object.name(), source.get(), object.globals(), maps));
        }
        String origin = "revision " + number;
        return new Content.Ready(new ChainDocument(
                content.chain(),
                Map.of(),
                Map.of(),
                content.spec().withObjects(objects),
                origin,
                Path.of("/"),
                Places.none(origin)));
    }

    private static Optional<SourceSpec> source(RevisionContent content, ObjectSpec object, BlobStore blobs) {
        if (object.source().url() != null) {
            return Optional.of(object.source());
        }
        return object.source().file() != null
                ? Optional.empty()
                : content.source(object.name(), Optional.empty())
                        .map(ResolvedSource::digest)
                        .map(d -> SourceSpec.file(
                                new SourceSpec.FileSource(blobs.path(d).toString(), Sha256.hex(d))));
    }

    private static Optional<Path> file(RevisionContent content, ObjectSpec object, MapSpec map, BlobStore blobs) {
        return Objects.requireNonNull(map.entriesFrom()).file() != null
                ? Optional.empty()
                : content.source(object.name(), Optional.of(map.name())).map(s -> blobs.path(s.digest()));
    }

    private static MapSpec withEntries(MapSpec map, Path list) {
        return new MapSpec(
                map.name(),
                map.onUpdate(),
                map.sharedAs(),
                map.pin(),
                null,
                EntriesFrom.file(new EntriesFrom.FileEntries(
                        list.toString(),
                        Objects.requireNonNull(list.getFileName()).toString())),
                map.onEntriesChange(),
                map.writtenByProgram());
    }

    private static Content unsupported(String object) {
        return new Content.Unusable(
                new Verdict.Refused(
                        "SourceNotSupported",
                        "load object " + object
                                + ": a file is on one host, and this agent takes sources from url, configMap and oci. Use one of these."));
    }
}
