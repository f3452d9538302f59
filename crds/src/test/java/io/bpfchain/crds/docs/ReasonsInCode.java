package io.bpfchain.crds.docs;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The reasons that the code can give: texts of one CamelCase word that are handed to a parameter, record component, variable or method
 * with the name {@code reason}, and the constants of enumerations that are called {@code Reason}. Found in the trees of the sources, so
 * that a reason is found wherever it is written down.
 */
final class ReasonsInCode {
    private static final String REASON = "reason";
    private static final Pattern WORD = Pattern.compile("[A-Z][A-Za-z0-9]*[a-z0-9]");

    private final List<CompilationUnitTree> units = new ArrayList<>();
    private final Map<Call, Integer> takers = new HashMap<>();
    private final Set<String> found = new TreeSet<>();

    /** A method or constructor, as a caller names it. */
    private record Call(String name, int arguments) {}

    private ReasonsInCode() {}

    /** Those of the sources below these folders. */
    static Set<String> below(List<Path> folders) throws IOException {
        ReasonsInCode reasons = new ReasonsInCode();
        reasons.parse(folders);
        reasons.units.forEach(u -> reasons.new Takers().scan(u, null));
        reasons.units.forEach(u -> reasons.new Given().scan(u, null));
        return reasons.found;
    }

    private void parse(List<Path> folders) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Path folder : folders) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.filter(f -> f.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources));
            task.parse().forEach(units::add);
        }
    }

    /** Who takes a reason, and as which argument. */
    private final class Takers extends TreeScanner<@Nullable Void, @Nullable Void> {
        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
            if (type.getKind() == Tree.Kind.RECORD) {
                taker(
                        type.getSimpleName().toString(),
                        type.getMembers().stream()
                                .filter(VariableTree.class::isInstance)
                                .map(VariableTree.class::cast)
                                .filter(v -> !v.getModifiers().getFlags().contains(Modifier.STATIC))
                                .toList());
            }
            for (Tree member : type.getMembers()) {
                if (member instanceof MethodTree method) {
                    boolean constructor = method.getName().contentEquals("<init>");
                    taker((constructor ? type.getSimpleName() : method.getName()).toString(), method.getParameters());
                }
            }
            if (type.getKind() == Tree.Kind.ENUM && type.getSimpleName().contentEquals("Reason")) {
                type.getMembers().stream()
                        .filter(VariableTree.class::isInstance)
                        .forEach(v -> found.add(((VariableTree) v).getName().toString()));
            }
            return super.visitClass(type, null);
        }

        private void taker(String name, List<? extends VariableTree> parameters) {
            for (int i = 0; i < parameters.size(); i++) {
                if (parameters.get(i).getName().contentEquals(REASON)) {
                    takers.put(new Call(name, parameters.size()), i);
                }
            }
        }
    }

    /** What they are given. */
    private final class Given extends TreeScanner<@Nullable Void, @Nullable Void> {
        @Override
        public @Nullable Void visitNewClass(NewClassTree call, @Nullable Void unused) {
            given(name(call.getIdentifier()), call.getArguments());
            return super.visitNewClass(call, null);
        }

        @Override
        public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void unused) {
            given(name(call.getMethodSelect()), call.getArguments());
            return super.visitMethodInvocation(call, null);
        }

        @Override
        public @Nullable Void visitVariable(VariableTree variable, @Nullable Void unused) {
            if (variable.getName().contentEquals(REASON)) {
                words(variable.getInitializer());
            }
            return super.visitVariable(variable, null);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
            if (method.getName().contentEquals(REASON)) {
                words(method.getBody());
            }
            return super.visitMethod(method, null);
        }

        private void given(String name, List<? extends ExpressionTree> arguments) {
            Integer index = takers.get(new Call(name, arguments.size()));
            if (index != null) {
                words(arguments.get(index));
            }
        }
    }

    private static String name(ExpressionTree called) {
        return switch (called) {
            case IdentifierTree identifier -> identifier.getName().toString();
            case MemberSelectTree select -> select.getIdentifier().toString();
            default -> "";
        };
    }

    /** The words that an expression or a method's body can come to. */
    private void words(@Nullable Tree value) {
        switch (value) {
            case LiteralTree literal
            when literal.getValue() instanceof String text && WORD.matcher(text).matches() -> found.add(text);
            case ConditionalExpressionTree choice -> {
                words(choice.getTrueExpression());
                words(choice.getFalseExpression());
            }
            case SwitchExpressionTree choice -> choice.getCases().forEach(c -> words(c.getBody()));
            case BlockTree body -> new Results().scan(body, null);
            case null, default -> {}
        }
    }

    /** What a method returns. */
    private final class Results extends TreeScanner<@Nullable Void, @Nullable Void> {
        @Override
        public @Nullable Void visitReturn(ReturnTree result, @Nullable Void unused) {
            words(result.getExpression());
            return null;
        }
    }
}
