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
import java.lang.constant.ConstantDescs;
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
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * {@code java PlainCalls.java DIRECTORY PREFIX}: in the jars of a directory whose names begin with the prefix, lets each switch over
 * types ask {@code instanceof}, and {@code equals} and {@code hashCode} of each record look at its components, in place. As javac
 * compiles them, the first run of each has the JDK make classes for it ({@link java.lang.runtime.SwitchBootstraps}, {@link
 * java.lang.runtime.ObjectMethods}), which no AOT cache holds: in a short command a tenth of its time. What a switch chooses and what
 * records are equal does not change, and a class with neither stays as it is.
 */
final class PlainCalls {
    private static final ClassDesc SWITCHES = ClassDesc.of("java.lang.runtime.SwitchBootstraps");

    private static final ClassDesc RECORDS = ClassDesc.of("java.lang.runtime.ObjectMethods");

    private final ClassFile classFile;

    private PlainCalls(ClassHierarchyResolver hierarchy) {
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
            PlainCalls change = new PlainCalls(hierarchy(open.values()));
            for (Path jar : jars) {
                if (jar.getFileName().toString().startsWith(args[1])) {
                    System.err.println("  " + jar.getFileName() + ": " + change.all(open.get(jar)) + " calls made plain");
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
                            .map(PlainCalls::open)
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

    /** Changes all classes of a jar; returns how many calls were changed. */
    private int all(FileSystem jar) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(jar.getPath("/"))) {
            files = walk.filter(f -> f.toString().endsWith(".class")).toList();
        }
        int changed = 0;
        for (Path file : files) {
            ClassModel model = classFile.parse(Files.readAllBytes(file));
            if (Calls.mayBeIn(model)) {
                Calls calls = new Calls(model);
                byte[] plain = classFile.transformClass(model, calls.transform());
                List<VerifyError> errors = classFile.verify(plain);
                if (!errors.isEmpty()) {
                    throw new IllegalStateException(file.toString(), errors.getFirst());
                }
                FileTime time = Files.getLastModifiedTime(file);
                Files.write(file, plain);
                Files.setLastModifiedTime(file, time);
                changed += calls.count();
            }
        }
        return changed;
    }

    /** The calls of one class, each with a method that does the same. */
    private static final class Calls {
        private final ClassModel model;
        private final List<InvokeDynamicInstruction> found = new ArrayList<>();

        Calls(ClassModel model) {
            this.model = model;
        }

        static boolean mayBeIn(ClassModel model) {
            for (PoolEntry entry : model.constantPool()) {
                if (entry instanceof ClassEntry type
                        && (type.asSymbol().equals(SWITCHES) || type.asSymbol().equals(RECORDS))) {
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
            if (element instanceof InvokeDynamicInstruction call && body(call).isPresent()) {
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

        /** What does the same as a call, where this knows it. */
        private static Optional<Consumer<CodeBuilder>> body(InvokeDynamicInstruction call) {
            List<ConstantDesc> arguments = call.bootstrapArgs();
            ClassDesc bootstraps = call.bootstrapMethod().owner();
            if (bootstraps.equals(SWITCHES)) {
                return call.bootstrapMethod().methodName().equals("typeSwitch")
                                && arguments.stream().allMatch(ClassDesc.class::isInstance)
                        ? Optional.of(code -> choose(code, arguments))
                        : Optional.empty();
            }
            if (!bootstraps.equals(RECORDS)) {
                return Optional.empty();
            }
            Components components = new Components(arguments);
            return switch (call.name().stringValue()) {
                case "equals" -> Optional.of(components::compare);
                case "hashCode" -> Optional.of(components::hash);
                default -> Optional.empty(); // toString is for logs and messages
            };
        }

        private static String name(int index) {
            return "plain$call$" + index;
        }

        private void addMethods(ClassBuilder builder) {
            for (int i = 0; i < found.size(); i++) {
                builder.withMethodBody(
                        name(i),
                        found.get(i).typeSymbol(),
                        ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
                        body(found.get(i)).orElseThrow());
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

    /**
     * The components of a record.
     *
     * @param fields handles that read them
     */
    private record Components(ClassDesc type, List<DirectMethodHandleDesc> fields) {
        private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");

        private static final MethodTypeDesc TWO_OBJECTS =
                MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Object);

        /** From the arguments of the bootstrap method: the record, the components' names, and a handle for each. */
        Components(List<ConstantDesc> arguments) {
            this(
                    (ClassDesc) arguments.getFirst(),
                    arguments.stream()
                            .skip(2)
                            .map(DirectMethodHandleDesc.class::cast)
                            .toList());
        }

        private static ClassDesc typeOf(DirectMethodHandleDesc field) {
            return field.invocationType().returnType();
        }

        /** Of two records: references by Objects.equals, primitive values by their wrapper's compare. */
        void compare(CodeBuilder code) {
            Label differ = code.newLabel();
            code.aload(1).instanceOf(type).ifeq(differ);
            code.aload(1).checkcast(type).astore(2);
            for (DirectMethodHandleDesc field : fields) {
                ClassDesc component = typeOf(field);
                code.aload(0).getfield(type, field.methodName(), component);
                code.aload(2).getfield(type, field.methodName(), component);
                if (component.isPrimitive()) {
                    MethodTypeDesc comparison = MethodTypeDesc.of(ConstantDescs.CD_int, component, component);
                    code.invokestatic(wrapper(component), "compare", comparison).ifne(differ);
                } else {
                    code.invokestatic(OBJECTS, "equals", TWO_OBJECTS).ifeq(differ);
                }
            }
            code.iconst_1().ireturn().labelBinding(differ).iconst_0().ireturn();
        }

        /** As the JDK's: 31 times what there was, and the component's. */
        void hash(CodeBuilder code) {
            code.iconst_0();
            for (DirectMethodHandleDesc field : fields) {
                ClassDesc component = typeOf(field);
                code.bipush(31).imul().aload(0).getfield(type, field.methodName(), component);
                if (component.isPrimitive()) {
                    code.invokestatic(
                            wrapper(component), "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, component));
                } else {
                    code.invokestatic(
                            OBJECTS, "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_Object));
                }
                code.iadd();
            }
            code.ireturn();
        }

        private static ClassDesc wrapper(ClassDesc primitive) {
            return switch (primitive.descriptorString()) {
                case "Z" -> ConstantDescs.CD_Boolean;
                case "B" -> ConstantDescs.CD_Byte;
                case "C" -> ConstantDescs.CD_Character;
                case "S" -> ConstantDescs.CD_Short;
                case "I" -> ConstantDescs.CD_Integer;
                case "J" -> ConstantDescs.CD_Long;
                case "F" -> ConstantDescs.CD_Float;
                case "D" -> ConstantDescs.CD_Double;
                default -> throw new IllegalArgumentException(primitive.descriptorString());
            };
        }
    }
}
