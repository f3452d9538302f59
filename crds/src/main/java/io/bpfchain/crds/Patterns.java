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

    /** {@code sha256:} and 64 hex digits. */
    static final String DIGEST = "^sha256:[0-9a-f]{64}$";

    /** The name of most objects (RFC 1123). */
    static final String SUBDOMAIN = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

    /** A key of a ConfigMap. */
    static final String CONFIG_KEY = "^[-._a-zA-Z0-9]+$";

    /** Registry, repository and tag (grammar of the OCI distribution specification, without a digest). */
    static final String IMAGE =
            "^[a-zA-Z0-9]([-.a-zA-Z0-9]*[a-zA-Z0-9])?(:[0-9]+)?(/[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*)+(:[a-zA-Z0-9_][-.a-zA-Z0-9_]{0,127})?$";

    static final String NUMBER_OR_PERCENT = "^([1-9][0-9]{0,5}|([1-9][0-9]?|100)%)$";

    /** Hours, minutes and seconds, in this order; at least one of them. */
    static final String DURATION = "^([0-9]{1,5}h([0-9]{1,5}m)?([0-9]{1,5}s)?|[0-9]{1,5}m([0-9]{1,5}s)?|[0-9]{1,5}s)$";

    private Patterns() {}
}
