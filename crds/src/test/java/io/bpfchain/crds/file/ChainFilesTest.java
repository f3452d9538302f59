package io.bpfchain.crds.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.UpdateSpec;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainFilesTest {
    private static final String CHAIN = """
            apiVersion: bpfchain.io/v1alpha1
            kind: CgroupProgramChain
            metadata: {name: NAME}
            spec:
              attachType: cgroup_device
              cgroup: {path: /a}
              objects: [{name: o, source: {file: {path: o.o}}, maps: [{name: m}]}]
              programs: [{name: p}]
            """;

    @TempDir
    Path directory;

    @Test
    void fillsInEveryDefault() throws IOException {
        ChainDocument document = read(write("a.yaml", chain("web"))).getFirst();
        assertThat(document.spec().priority()).isEqualTo(100);
        assertThat(document.spec().update().onUnsafe()).isEqualTo(UpdateSpec.OnUnsafe.Refuse);
        assertThat(document.spec().programs().getFirst().object()).isEqualTo("o");
        MapSpec map = document.spec().objects().getFirst().maps().getFirst();
        assertThat(map.onUpdate()).isNull();
        assertThat(map.onEntriesChange()).isEqualTo(MapSpec.OnEntriesChange.InPlace);
        assertThat(map.entries()).isNull();
        assertThat(document.directory()).isEqualTo(directory);
        assertThat(document.origin()).isEqualTo(directory + "/a.yaml:1");
    }

    @Test
    void knowsTheLineOfEveryFieldAlsoInAList() throws IOException {
        Path file = write("list.yaml", """
                apiVersion: v1
                kind: List
                items:
                - apiVersion: bpfchain.io/v1alpha1
                  kind: CgroupProgramChain
                  metadata: {name: web}
                  spec:
                    attachType: cgroup_device
                    cgroup: {path: /a}
                    objects:
                    - name: o
                      source: {file: {path: o.o}}
                      globals:
                        port: 80
                    programs: [{name: p}]
                """);
        Places places = read(file).getFirst().places();
        assertThat(places.file()).isEqualTo(file.toString());
        assertThat(places.field("spec.objects[0].globals.port")).isEqualTo("items[0].spec.objects[0].globals.port");
        assertThat(places.line("spec.objects[0].globals.port")).isEqualTo(14);
        assertThat(places.line("spec.objects[0].globals.port.high[3]")).isEqualTo(14);
        assertThat(places.line("spec.objects[0].maps[2].name")).isEqualTo(11);
        assertThat(places.line("spec.update")).isEqualTo(7);
        assertThat(Places.none("<revision 3>").line("spec.update")).isZero();
    }

    @Test
    void readsADirectorySortedAndNotItsSubdirectories() throws IOException {
        write("b.yml", chain("b"));
        write("a.json", chain("a"));
        write("c.yaml", chain("c"));
        write("README.md", "no chain");
        write(".hidden.yaml", "no chain");
        Files.createDirectory(directory.resolve("sub.yaml"));
        assertThat(read(directory)).extracting(ChainDocument::name).containsExactly("a", "b", "c");
    }

    @Test
    void readsStandardInput() {
        ReadOutcome outcome =
                new ChainFiles().read(List.of("-"), stream(chain("web").getBytes(StandardCharsets.UTF_8)));
        assertThat(outcome).isInstanceOf(ReadOutcome.Read.class);
        assertThat(((ReadOutcome.Read) outcome).documents().getFirst().origin()).isEqualTo("<stdin>:1");
    }

    @Test
    void refusesAChainThatIsInTwoFilesAndNamesBoth() throws IOException {
        Path first = write("a.yaml", chain("web"));
        Path second = write("b.yaml", chain("web"));
        assertThat(errors(directory.toString()))
                .containsExactly(
                        second + ":1: metadata.name: Duplicate value: \"web\": the chain is also in " + first + ":1");
    }

    @Test
    void reportsWhatIsWrongWithAllFilesTogether() throws IOException {
        Path first = write("a.yaml", chain("web").replace("/a", "a"));
        Path second = write("b.yaml", chain("dns").replace("cgroup_device", "device"));
        assertThat(errors(directory.toString(), directory + "/none.yaml"))
                .hasSize(3)
                .satisfiesExactly(
                        e -> assertThat(e).startsWith(first + ":6: spec.cgroup.path: "),
                        e -> assertThat(e).startsWith(second + ":5: spec.attachType: Unsupported value"),
                        e -> assertThat(e).isEqualTo(directory + "/none.yaml: no such file"));
    }

    @Test
    void refusesADirectoryWithoutChainFiles() {
        assertThat(errors(directory.toString()))
                .containsExactly(directory + ": no *.yaml, *.yml or *.json file in this directory");
    }

    @Test
    void refusesAPathOfVeryManySegmentsLikeAnyLongOne() throws IOException {
        Path file = write("a.yaml", chain("web").replace("/a", "/a".repeat(100_000)));
        assertThat(errors(file.toString()))
                .containsExactly(file + ":6: spec.cgroup.path: Too long: may not be more than 4095 bytes");
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        Path file = write("a.yaml", "");
        assertThat(errors(file.toString())).containsExactly(file + ":1: the file has no chain in it");
    }

    @Test
    void refusesBytesThatAreNotUtf8ByLine() throws IOException {
        Path file = directory.resolve("a.yaml");
        Files.write(file, "a: b\nc: \u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(errors(file.toString())).containsExactly(file + ":2: not UTF-8: byte 0xe9");
        Files.write(file, chain("web").getBytes(StandardCharsets.UTF_16));
        assertThat(errors(file.toString())).containsExactly(file + ":1: not UTF-8: byte 0xfe");
    }

    @Test
    void acceptsAByteOrderMark() throws IOException {
        assertThat(read(write("a.yaml", "\uFEFF" + chain("web")))).hasSize(1);
    }

    @Test
    void refusesADocumentOfMoreThan256KiBAndAFileWithoutEnd() throws IOException {
        String large = chain("web").replace("metadata:", "# " + "x".repeat(270_000) + "\nmetadata:");
        assertThat(errors(write("a.yaml", large).toString()))
                .singleElement()
                .asString()
                .contains(":1: the document has 270", "at most 262144");
        assertThat(errors("/dev/zero")).containsExactly("/dev/zero: larger than 16777216 bytes, the most that is read");
    }

    @Test
    void needsNoKubernetesClass() throws Exception {
        URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(p -> !p.contains("fabric8") && !p.contains("kubernetes"))
                .map(ChainFilesTest::url)
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Class<?> files = loader.loadClass(ChainFiles.class.getName());
            Object outcome = files.getMethod("parse", String.class, String.class, Path.class)
                    .invoke(files.getConstructor().newInstance(), "f", chain("web"), directory);
            assertThat(outcome.getClass().getSimpleName()).isEqualTo("Read");
        } catch (InvocationTargetException e) {
            throw new AssertionError("the reader loads a class that is not there", e.getCause());
        }
    }

    private static URL url(String path) {
        try {
            return new File(path).toURI().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path, e);
        }
    }

    private static List<ChainDocument> read(Path path) {
        ReadOutcome outcome = new ChainFiles().read(List.of(path.toString()), InputStream.nullInputStream());
        assertThat(outcome).isInstanceOf(ReadOutcome.Read.class);
        return ((ReadOutcome.Read) outcome).documents();
    }

    private static List<String> errors(String... arguments) {
        ReadOutcome outcome = new ChainFiles().read(List.of(arguments), InputStream.nullInputStream());
        assertThat(outcome).isInstanceOf(ReadOutcome.Invalid.class);
        return ((ReadOutcome.Invalid) outcome)
                .errors().stream().map(FileError::toString).toList();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static String chain(String name) {
        return CHAIN.replace("NAME", name);
    }

    private static InputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }
}
