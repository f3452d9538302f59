package io.bpfchain.crds;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Writes the CRDs; used while this module is built, never at run time. */
final class GenerateCrd {
    /**
     * The columns of {@code kubectl get} by path, in the order in which they are shown, with their headers; the generator itself sorts
     * them by path, and names those of a record that occurs twice alike.
     */
    private static final Map<String, String> COLUMNS = columns(
            ".spec.attachType", "ATTACH TYPE",
            ".spec.cgroup.path", "CGROUP",
            ".spec.priority", "PRIORITY",
            ".status.nodes", "NODES",
            ".status.current.number", "REVISION",
            ".status.target.number", "TARGET",
            ".status.agentVersion", "AGENT",
            ".status.kernelRelease", "KERNEL",
            ".metadata.creationTimestamp", "AGE");

    private static final Pattern TRUTH =
            Pattern.compile("^( *- )(true|false|yes|no|on|off|y|n)$", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    private GenerateCrd() {}

    private static Map<String, String> columns(String... pathsAndHeaders) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (int i = 0; i < pathsAndHeaders.length; i += 2) {
            columns.put(pathsAndHeaders[i], pathsAndHeaders[i + 1]);
        }
        return columns;
    }

    /** Writes them into the directory that the first argument names. */
    public static void main(String[] args) throws IOException {
        Path directory = Files.createDirectories(Path.of(args[0]));
        int written = new CRDGenerator()
                .customResourceClasses(CgroupProgramChain.class, CgroupProgramNode.class)
                .withMinQuotes(true)
                .withPostProcessor(new Columns())
                .inOutputDir(directory.toFile())
                .generate();
        if (written != 2) {
            throw new IOException("2 CRDs were to be written, not " + written);
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yml")).toList()) {
                Files.writeString(file, quoted(Files.readString(file)));
            }
        }
    }

    /** Quotes the words of enumerations that kubectl and Helm, which read YAML 1.1, would take for true and false. */
    private static String quoted(String yaml) {
        return TRUTH.matcher(yaml).replaceAll("$1\"$2\"");
    }

    /** Orders and names the columns; one without a place is refused. */
    private static final class Columns implements CRDPostProcessor {
        @Override
        public HasMetadata process(HasMetadata resource, String version) {
            if (resource instanceof CustomResourceDefinition crd) {
                for (CustomResourceDefinitionVersion each : crd.getSpec().getVersions()) {
                    each.setAdditionalPrinterColumns(each.getAdditionalPrinterColumns().stream()
                            .sorted(Comparator.comparingInt(Columns::place))
                            .toList());
                }
            }
            return resource;
        }

        private static int place(CustomResourceColumnDefinition column) {
            int place = List.copyOf(COLUMNS.keySet()).indexOf(column.getJsonPath());
            if (place < 0) {
                throw new IllegalStateException("the column " + column.getName() + " (" + column.getJsonPath()
                        + ") has no place; give it one in GenerateCrd");
            }
            column.setName(COLUMNS.get(column.getJsonPath()));
            return place;
        }
    }
}
