import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Label;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@code java PlainSwitches.java DIRECTORY PREFIX}: in the jars of a directory whose names begin with the prefix, lets each switch over
 * types ask {@code instanceof}, in place. As javac compiles it, the first run of a switch has the JDK make a class for it ({@link
 * java.lang.runtime.SwitchBootstraps}), which no AOT cache holds: in a command that goes through sixty of them, a twentieth of its time.
 * What a switch chooses does not change, and a class without one stays as it is.
 */
final class PlainSwitches {
    private static final ClassDesc BOOTSTRAPS = ClassDesc.of("java.lang.runtime.SwitchBootstraps");

    private final ClassFile classFile;

    private PlainSwitches(ClassHierarchyResolver hierarchy) {
        this.classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(hierarchy));
    }

    public static void main(String[] args) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(Path.of(args[0]))) {
            jars = files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
        }
        Map<Path, FileSystem> open = new LinkedHashMap<>();
        try {
            for (Path jar : jars) {
                open.put(jar, FileSystems.newFileSystem(jar));
            }
            PlainSwitches change = new PlainSwitches(hierarchy(open.values()));
            for (Path jar : jars) {
                if (jar.getFileName().toString().startsWith(args[1])) {
                    System.err.println("  " + jar.getFileName() + ": " + change.all(open.get(jar)) + " switches made plain");
                }
            }
        } finally {
            for (FileSystem jar : open.values()) {
                jar.close();
            }
        }
    }

    /** Classes of the jars, then those of the JDK; what is in neither counts as a class without known ancestors. */
    private static ClassHierarchyResolver hierarchy(Collection<FileSystem> jars) {
        return ClassHierarchyResolver.ofResourceParsing(type -> {
                    String name = type.descriptorString().replaceAll("^L|;$", "") + ".class";
                    return jars.stream()
                            .map(jar -> jar.getPath(name))
                            .filter(Files::exists)
                            .findFirst()
                            .map(PlainSwitches::open)
                            .orElse(null);
                })
                .orElse(ClassHierarchyResolver.defaultResolver());
    }

    private static InputStream open(Path file) {
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Changes all classes of a jar; returns how many switches were changed. */
    private int all(FileSystem jar) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(jar.getPath("/"))) {
            files = walk.filter(f -> f.toString().endsWith(".class")).toList();
        }
        int changed = 0;
        for (Path file : files) {
            ClassModel model = classFile.parse(Files.readAllBytes(file));
            if (Switches.mayBeIn(model)) {
                Switches switches = new Switches(model);
                byte[] plain = classFile.transformClass(model, switches.transform());
                List<VerifyError> errors = classFile.verify(plain);
                if (!errors.isEmpty()) {
                    throw new IllegalStateException(file.toString(), errors.getFirst());
                }
                FileTime time = Files.getLastModifiedTime(file);
                Files.write(file, plain);
                Files.setLastModifiedTime(file, time);
                changed += switches.count();
            }
        }
        return changed;
    }

    /** The switches of one class, each with a method that chooses. */
    private static final class Switches {
        private final ClassModel model;
        private final List<InvokeDynamicInstruction> found = new ArrayList<>();

        Switches(ClassModel model) {
            this.model = model;
        }

        static boolean mayBeIn(ClassModel model) {
            for (PoolEntry entry : model.constantPool()) {
                if (entry instanceof ClassEntry type && type.asSymbol().equals(BOOTSTRAPS)) {
                    return true;
                }
            }
            return false;
        }

        int count() {
            return found.size();
        }

        ClassTransform transform() {
            ClassTransform calls = ClassTransform.transformingMethodBodies(this::call);
            return calls.andThen(ClassTransform.endHandler(this::addMethods));
        }

        private void call(CodeBuilder code, CodeElement element) {
            if (element instanceof InvokeDynamicInstruction call && isOverTypes(call)) {
                code.invokestatic(
                        model.thisClass().asSymbol(),
                        name(found.size()),
                        call.typeSymbol(),
                        model.flags().has(AccessFlag.INTERFACE));
                found.add(call);
            } else {
                code.with(element);
            }
        }

        private static boolean isOverTypes(InvokeDynamicInstruction call) {
            DirectMethodHandleDesc bootstrap = call.bootstrapMethod();
            return bootstrap.owner().equals(BOOTSTRAPS)
                    && bootstrap.methodName().equals("typeSwitch")
                    && call.bootstrapArgs().stream().allMatch(ClassDesc.class::isInstance);
        }

        private static String name(int index) {
            return "plain$switch$" + index;
        }

        private void addMethods(ClassBuilder builder) {
            for (int i = 0; i < found.size(); i++) {
                MethodTypeDesc type = found.get(i).typeSymbol();
                List<ConstantDesc> labels = found.get(i).bootstrapArgs();
                builder.withMethodBody(
                        name(i),
                        type,
                        ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
                        code -> choose(code, labels));
            }
        }

        /** -1 for null, the first label from {@code restart} on that the value is an instance of, or the number of labels. */
        private static void choose(CodeBuilder code, List<ConstantDesc> labels) {
            Label notNull = code.newLabel();
            code.aload(0).ifnonnull(notNull).iconst_m1().ireturn().labelBinding(notNull);
            for (int i = 0; i < labels.size(); i++) {
                Label next = code.newLabel();
                code.iload(1).loadConstant(i).if_icmpgt(next);
                code.aload(0).instanceOf((ClassDesc) labels.get(i)).ifeq(next);
                code.loadConstant(i).ireturn().labelBinding(next);
            }
            code.loadConstant(labels.size()).ireturn();
        }
    }
}
