package io.bpfchain.crds.file;

/** One thing that is wrong in a document, before the file is known. */
record Problem(int line, String path, String message) {
    FileError in(String file) {
        return new FileError(file, line, path, message);
    }
}
