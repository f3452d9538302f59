package io.bpfchain.crds.file;

import org.jspecify.annotations.Nullable;

/** Splits a line of a file of entries into key and value. */
final class EntryLine {
    private EntryLine() {}

    /** Key and value as they are written; null where the line does not have them. */
    record Words(@Nullable String key, @Nullable String value) {}

    static Words split(String line) {
        String content = withoutComment(line).strip();
        if (content.isEmpty()) {
            return new Words(null, null);
        }
        int end = endOfWord(content);
        String value = content.substring(end).strip();
        return new Words(content.substring(0, end), value.isEmpty() ? null : value);
    }

    private static String withoutComment(String line) {
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            boolean begins = i == 0 || Character.isWhitespace(line.charAt(i - 1));
            if (quote != 0) {
                i += c == '\\' && quote == '"' ? 1 : 0;
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '#' && begins) {
                return line.substring(0, i);
            }
        }
        return line;
    }

    /** The index of the first blank that is neither in quotes nor in brackets, or the length. */
    private static int endOfWord(String content) {
        char quote = 0;
        int open = 0;
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            if (quote != 0) {
                i += c == '\\' && quote == '"' ? 1 : 0;
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '[' || c == '{') {
                open++;
            } else if (c == ']' || c == '}') {
                open--;
            } else if (open == 0 && Character.isWhitespace(c)) {
                return i;
            }
        }
        return content.length();
    }
}
