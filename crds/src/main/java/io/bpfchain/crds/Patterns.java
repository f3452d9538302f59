package io.bpfchain.crds;

/** Patterns of the schema, in the common part of RE2 and Java's syntax. */
final class Patterns {
    /** A DNS label (RFC 1123). */
    static final String LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /** A C identifier. */
    static final String IDENTIFIER = "^[A-Za-z_][A-Za-z0-9_]*$";

    /** A map of an object: a C identifier, or a data section, which libbpf turns into a map. */
    static final String MAP = "^([A-Za-z_][A-Za-z0-9_]*|[.](data|bss)([.][A-Za-z0-9_]+)?)$";

    /** A path; Linux has no other forbidden character. */
    static final String PATH = "^[^\\x00]+$";

    static final String SHA256 = "^[0-9a-f]{64}$";

    private Patterns() {}
}
