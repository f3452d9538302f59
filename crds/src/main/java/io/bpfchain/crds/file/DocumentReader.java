package io.bpfchain.crds.file;

import io.bpfchain.crds.ChainSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads one document: a chain, or a {@code v1} List of chains. */
final class DocumentReader {
    private static final Set<String> SET_BY_SERVER = Set.of(
            "creationTimestamp",
            "deletionGracePeriodSeconds",
            "deletionTimestamp",
            "generation",
            "managedFields",
            "resourceVersion",
            "selfLink",
            "uid");
    private static final Set<String> NOT_FOR_CHAINS =
            Set.of("finalizers", "generateName", "namespace", "ownerReferences");

    private final String file;
    private final Path directory;
    private final List<ChainDocument> documents = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    /** The chains of a document; none of those that have problems. */
    record Result(List<ChainDocument> documents, List<Problem> problems) {}

    private DocumentReader(String file, Path directory) {
        this.file = file;
        this.directory = directory;
    }

    static Result read(Tree tree, String file, Path directory) {
        DocumentReader reader = new DocumentReader(file, directory);
        reader.document(tree, "");
        return new Result(reader.documents, reader.problems);
    }

    private void document(Tree tree, String path) {
        if (!(tree instanceof Tree.Mapping root)) {
            problems.add(new Problem(
                    tree.line(), path, "a document must be an object with apiVersion, kind, metadata and spec"));
            return;
        }
        String apiVersion = root.text("apiVersion");
        String kind = root.text("kind");
        if ("v1".equals(apiVersion) && "List".equals(kind) && root.get("items") instanceof Tree.Sequence items) {
            String field = path.isEmpty() ? "items" : path + ".items";
            if (items.items().isEmpty()) { // what kubectl prints of nothing is no instruction
                problems.add(new Problem(items.line(), field, "the list has no chain in it"));
            }
            for (int i = 0; i < items.items().size(); i++) {
                document(items.items().get(i), field + "[" + i + "]");
            }
        } else if (isChain(root, apiVersion, kind, path)) {
            chain(root, path.isEmpty() ? "" : path + ".");
        }
    }

    private boolean isChain(Tree.Mapping root, @Nullable String apiVersion, @Nullable String kind, String path) {
        String prefix = path.isEmpty() ? "" : path + ".";
        if (apiVersion == null || kind == null) {
            for (String field : List.of("apiVersion", "kind")) {
                if (root.text(field) == null) {
                    problems.add(new Problem(root.line(), prefix + field, "Required value"));
                }
            }
            return false;
        }
        if (apiVersion.equals(ChainSchema.API_VERSION) && kind.equals(ChainSchema.KIND)) {
            return true;
        }
        String wrong = kind.equals(ChainSchema.KIND) ? "apiVersion" : "kind";
        Tree.Field field = root.field(wrong);
        problems.add(new Problem(
                field == null ? root.line() : field.line(),
                prefix + wrong,
                "no matches for kind \"%s\" in version \"%s\": a chain file has objects of kind %s in version %s"
                        .formatted(kind, apiVersion, ChainSchema.KIND, ChainSchema.API_VERSION)));
        return false;
    }

    private void chain(Tree.Mapping root, String prefix) {
        int before = problems.size();
        Tree.Mapping checked = withoutForeignFields(root, prefix);
        SchemaCheck.check(checked, ChainSchema.DOCUMENT, "")
                .forEach(p -> problems.add(new Problem(p.line(), prefix + p.path(), p.message())));
        if (problems.size() > before) {
            return;
        }
        Tree.Mapping metadata = (Tree.Mapping) checked.get("metadata");
        Tree.Mapping spec = (Tree.Mapping) checked.get("spec");
        String name = metadata == null ? null : metadata.text("name");
        if (name == null || metadata == null || spec == null) {
            throw new IllegalStateException("the schema requires metadata.name and spec");
        }
        ChainSpec read = SpecReader.spec(spec);
        documents.add(new ChainDocument(
                name,
                texts(metadata, "labels"),
                texts(metadata, "annotations"),
                read,
                file + ":" + root.line(),
                directory,
                Places.of(root, file, prefix)));
    }

    /** Reports and drops what the API server accepts in an object but nobody may write into a chain file. */
    private Tree.Mapping withoutForeignFields(Tree.Mapping root, String prefix) {
        List<Tree.Field> fields = new ArrayList<>();
        for (Tree.Field field : root.fields()) {
            if (field.key().equals("status")) {
                problems.add(new Problem(
                        field.line(), prefix + "status", "is written by bpfchain: leave it out of the file"));
            } else if (field.key().equals("metadata") && field.value() instanceof Tree.Mapping metadata) {
                fields.add(new Tree.Field("metadata", field.line(), metadataOf(metadata, prefix)));
            } else {
                fields.add(field);
            }
        }
        if (root.get("metadata") == null) {
            // Then the name is what is missing.
            fields.add(new Tree.Field("metadata", root.line(), new Tree.Mapping(root.line(), List.of())));
        }
        return new Tree.Mapping(root.line(), fields);
    }

    private Tree.Mapping metadataOf(Tree.Mapping metadata, String prefix) {
        List<Tree.Field> fields = new ArrayList<>();
        for (Tree.Field field : metadata.fields()) {
            String path = prefix + "metadata." + field.key();
            if (SET_BY_SERVER.contains(field.key())) {
                problems.add(new Problem(field.line(), path, "is set by the API server: leave it out of the file"));
            } else if (NOT_FOR_CHAINS.contains(field.key())) {
                problems.add(new Problem(
                        field.line(),
                        path,
                        "has no meaning for a chain, which is cluster-scoped and has its own name"));
            } else {
                fields.add(field);
            }
        }
        return new Tree.Mapping(metadata.line(), fields);
    }

    private static Map<String, String> texts(Tree.Mapping metadata, String key) {
        return metadata.get(key) instanceof Tree.Mapping named
                ? named.fields().stream()
                        .collect(Collectors.toMap(Tree.Field::key, f -> ((Tree.Scalar) f.value()).text()))
                : Map.of();
    }
}
