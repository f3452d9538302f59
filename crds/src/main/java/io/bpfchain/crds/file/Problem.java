package io.bpfchain.crds.file;

/**
 * One thing that is wrong in a document, before the file is known. Control characters of the document are spelled out, so that a
 * message stays one line and cannot steer a terminal.
 */
record Problem(int line, String path, String message) {
    Problem {
        path = printable(path);
        message = printable(message);
    }

    FileError in(String file) {
        return new FileError(file, line, path, message);
    }

    private static String printable(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 8);
        text.chars().forEach(c -> {
            if (c == '\n') {
                out.append("\\n");
            } else if (Character.isISOControl(c)) {
                out.append("\\x%02x".formatted(c));
            } else {
                out.append((char) c);
            }
        });
        return out.toString();
    }
}
