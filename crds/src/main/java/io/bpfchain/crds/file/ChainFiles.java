package io.bpfchain.crds.file;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** Reads chain files strictly. */
public final class ChainFiles {
    /**
     * Reads files, directories (their {@code *.yaml}, {@code *.yml} and {@code *.json}, sorted, not recursive) and {@code -} for standard input.
     */
    public ReadOutcome read(List<String> arguments, InputStream standardInput) {
        throw new UnsupportedOperationException();
    }

    /** Reads one document or several from text. */
    public ReadOutcome parse(String fileName, String text, Path directory) {
        throw new UnsupportedOperationException();
    }
}
