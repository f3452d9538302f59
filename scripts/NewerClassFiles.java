import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * {@code java NewerClassFiles.java JAR...}: gives class files from before Java 6 the version and the stack maps of Java 8, in place. The
 * AOT cache (JEP 483) leaves out classes without stack maps: they are found, parsed and verified anew in every process. Nothing else
 * of a class changes, and a jar without such classes stays as it is.
 */
final class NewerClassFiles {
    private static final String NOTE = "META-INF/bpfchain-changes.txt";

    private static final MethodTransform SAME_CODE = MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL);

    private final ClassHierarchyResolver hierarchy;

    private NewerClassFiles(ClassHierarchyResolver hierarchy) {
        this.hierarchy = hierarchy;
    }

    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            Path file = Path.of(jar);
            Map<JarEntry, byte[]> content = read(file);
            List<String> old = new ArrayList<>();
            content.forEach((entry, bytes) -> {
                if (isOld(entry, bytes)) {
                    old.add(entry.getName());
                }
            });
            if (!old.isEmpty()) {
                NewerClassFiles conversion = new NewerClassFiles(hierarchy(content));
                content.replaceAll((entry, bytes) -> isOld(entry, bytes) ? conversion.newer(bytes) : bytes);
                write(file, content);
                System.err.println("  " + file.getFileName() + ": " + old.size() + " classes made newer");
            }
        }
    }

    private static boolean isOld(JarEntry entry, byte[] bytes) {
        return entry.getName().endsWith(".class")
                && ((bytes[6] & 0xff) << 8 | (bytes[7] & 0xff)) < ClassFile.JAVA_6_VERSION;
    }

    /** Classes of the jar itself, then those of the JDK; what is in neither counts as a class without known ancestors. */
    private static ClassHierarchyResolver hierarchy(Map<JarEntry, byte[]> content) {
        Map<String, byte[]> classes = new LinkedHashMap<>();
        content.forEach((entry, bytes) -> classes.put(entry.getName(), bytes));
        return ClassHierarchyResolver.ofResourceParsing(type -> {
                    byte[] bytes = classes.get(type.descriptorString().replaceAll("^L|;$", "") + ".class");
                    return bytes == null ? null : new java.io.ByteArrayInputStream(bytes);
                })
                .orElse(ClassHierarchyResolver.defaultResolver());
    }

    private byte[] newer(byte[] bytes) {
        ClassFile classFile = ClassFile.of(
                ClassFile.StackMapsOption.GENERATE_STACK_MAPS, ClassFile.ClassHierarchyResolverOption.of(hierarchy));
        ClassModel model = classFile.parse(bytes);
        byte[] newer = classFile.transformClass(model, (builder, element) -> {
            switch (element) {
                case ClassFileVersion _ -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
                // Code is taken apart and put together again, because that is when stack maps are made.
                case MethodModel method -> builder.transformMethod(method, SAME_CODE);
                case ClassElement other -> builder.with(other);
            }
        });
        List<VerifyError> errors = classFile.verify(newer);
        if (!errors.isEmpty()) {
            throw new IllegalStateException(model.thisClass().asInternalName(), errors.getFirst());
        }
        return newer;
    }

    private static Map<JarEntry, byte[]> read(Path file) throws IOException {
        Map<JarEntry, byte[]> content = new LinkedHashMap<>();
        try (JarFile jar = new JarFile(file.toFile())) {
            for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                try (InputStream in = jar.getInputStream(entry)) {
                    content.put(entry, in.readAllBytes());
                }
            }
        }
        return content;
    }

    private static void write(Path file, Map<JarEntry, byte[]> content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long latest = 0;
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            for (Map.Entry<JarEntry, byte[]> each : content.entrySet()) {
                add(jar, each.getKey().getName(), each.getKey().getTime(), each.getValue());
                latest = Math.max(latest, each.getKey().getTime());
            }
            add(jar, NOTE, latest, """
                    The build of bpfchain gave the class files in this jar the version and the stack maps of Java 8. Nothing else was changed.
                    """.getBytes(StandardCharsets.UTF_8));
        }
        Files.write(file, bytes.toByteArray());
    }

    private static void add(JarOutputStream jar, String name, long time, byte[] content) throws IOException {
        JarEntry entry = new JarEntry(name);
        entry.setTime(time);
        jar.putNextEntry(entry);
        jar.write(content);
        jar.closeEntry();
    }
}
