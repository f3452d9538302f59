package io.bpfchain.agent.view;

import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.planner.Cgroup;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Every cgroup below some others. Cgroups come and go while this looks; those that are gone are left out. */
public final class CgroupWalk {
    private final Path root;
    private final CgroupKernel kernel;
    private final Consumer<String> warnings;

    /**
     * Looks at nothing yet.
     *
     * @param root the directory that cgroup paths are below
     * @param warnings gets a whole sentence for each cgroup that may not be looked at
     */
    public CgroupWalk(Path root, CgroupKernel kernel, Consumer<String> warnings) {
        this.root = root;
        this.kernel = kernel;
        this.warnings = warnings;
    }

    /** Some cgroups, none below another, and everything below them, by path. */
    public List<Cgroup> from(List<Cgroup> tops) throws IOException {
        Directories directories = new Directories();
        for (Cgroup top : tops) {
            Files.walkFileTree(root.resolve(top.path().substring(1)), directories);
        }
        List<Cgroup> cgroups = new ArrayList<>();
        for (Path directory : directories.found.stream().sorted().toList()) {
            try {
                cgroups.add(kernel.cgroup("/" + root.relativize(directory)));
            } catch (BpfException e) {
                warnings.accept("Cgroup " + directory + " is left out: " + e.getMessage() + ".");
            }
        }
        return cgroups;
    }

    /** Every directory that may be listed; a warning for each that may not. */
    private final class Directories extends SimpleFileVisitor<Path> {
        private final List<Path> found = new ArrayList<>();

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            found.add(directory);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            if (!(e instanceof NoSuchFileException)) {
                warnings.accept("Cgroup " + file + " is left out with all below it: " + e + ".");
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
        }
    }
}
