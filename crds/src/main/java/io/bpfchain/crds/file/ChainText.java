package io.bpfchain.crds.file;

/** What the writers of files must know that {@link ChainFiles} and {@link EntriesFile} shall read. */
public final class ChainText {
    private ChainText() {}

    /** Whether a text without quotes is the same text again for every reader of YAML. */
    public static boolean isPlain(String text) {
        return ScalarValue.ofPlain(text) instanceof ScalarValue.Text;
    }
}
