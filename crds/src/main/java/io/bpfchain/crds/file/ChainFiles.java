package io.bpfchain.crds.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads chain files strictly. All that is wrong with all files is reported together. */
public final class ChainFiles {
    /** What one document may have in UTF-8; the API server stores no more in one annotation either. */
    public static final int DOCUMENT_BYTES = 256 * 1024;

    private static final int FILE_BYTES = 64 * DOCUMENT_BYTES;
    private static final String STANDARD_INPUT = "<stdin>";

    /**
     * Reads files, directories (their {@code *.yaml}, {@code *.yml} and {@code *.json}, sorted, not recursive, without names that
     * begin with a dot) and {@code -} for standard input. A chain that occurs twice is an error.
     */
    public ReadOutcome read(List<String> arguments, InputStream standardInput) {
        Collected collected = new Collected();
        for (String argument : arguments) {
            if (argument.equals("-")) {
                standardInput(standardInput, collected);
            } else {
                Path path = Path.of(argument);
                if (Files.isDirectory(path)) {
                    directory(path, argument, collected);
                } else {
                    file(path, argument, collected);
                }
            }
        }
        return collected.outcome();
    }

    /** Reads one document or several from text. */
    public ReadOutcome parse(String fileName, String text, Path directory) {
        Collected collected = new Collected();
        collected.add(fileName, text, directory);
        return collected.outcome();
    }

    private static void standardInput(InputStream in, Collected collected) {
        try {
            collected.add(
                    STANDARD_INPUT,
                    FileBytes.read(in, STANDARD_INPUT, FILE_BYTES),
                    Path.of("").toAbsolutePath());
        } catch (IOException e) {
            collected.errors.add(new FileError(STANDARD_INPUT, 0, "", "cannot be read: " + e.getMessage()));
        }
    }

    private static void file(Path file, String name, Collected collected) {
        Path absolute = file.toAbsolutePath();
        Path parent = absolute.getParent();
        collected.add(name, FileBytes.read(file, name, FILE_BYTES), parent == null ? absolute : parent);
    }

    private static void directory(Path directory, String name, Collected collected) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, ChainFiles::isChainFile)) {
            entries.forEach(files::add);
        } catch (IOException e) {
            collected.errors.add(new FileError(name, 0, "", "cannot be listed: " + e.getMessage()));
            return;
        }
        if (files.isEmpty()) {
            collected.errors.add(new FileError(name, 0, "", "no *.yaml, *.yml or *.json file in this directory"));
        }
        files.stream().sorted().forEach(file -> file(file, file.toString(), collected));
    }

    private static boolean isChainFile(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        boolean named = name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
        return named && !name.startsWith(".") && !Files.isDirectory(file);
    }

    /** What was read so far. */
    private static final class Collected {
        private final List<ChainDocument> documents = new ArrayList<>();
        private final List<FileError> errors = new ArrayList<>();
        private final Map<String, String> originOfName = new HashMap<>();

        void add(String name, FileBytes read, Path directory) {
            switch (read) {
                case FileBytes.Bytes(byte[] bytes) -> add(name, FileBytes.decode(bytes, name), directory);
                case FileBytes.Text(String text) -> add(name, text, directory);
                case FileBytes.Failed(FileError error) -> errors.add(error);
            }
        }

        void add(String name, String text, Path directory) {
            YamlReader.Result read = YamlReader.read(text, DOCUMENT_BYTES);
            List<Problem> problems = new ArrayList<>(read.problems());
            if (problems.isEmpty() && read.documents().isEmpty()) {
                problems.add(new Problem(1, "", "the file has no chain in it"));
            }
            for (Tree tree : read.documents()) {
                DocumentReader.Result result = DocumentReader.read(tree, name, directory);
                problems.addAll(result.problems());
                result.documents().forEach(document -> once(document, problems));
            }
            problems.stream()
                    .distinct()
                    .sorted((a, b) -> Integer.compare(a.line(), b.line()))
                    .map(p -> p.in(name))
                    .forEach(errors::add);
        }

        private void once(ChainDocument document, List<Problem> problems) {
            String first = originOfName.putIfAbsent(document.name(), document.origin());
            if (first == null) {
                documents.add(document);
            } else {
                int line = Integer.parseInt(
                        document.origin().substring(document.origin().lastIndexOf(':') + 1));
                problems.add(new Problem(
                        line,
                        "metadata.name",
                        "Duplicate value: \"" + document.name() + "\": the chain is also in " + first));
            }
        }

        ReadOutcome outcome() {
            return errors.isEmpty() ? new ReadOutcome.Read(documents) : new ReadOutcome.Invalid(errors);
        }
    }
}
