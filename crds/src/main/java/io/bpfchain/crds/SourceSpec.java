package io.bpfchain.crds;

import org.jspecify.annotations.Nullable;

/** Where an object's bytes come from: exactly one of its fields. */
public record SourceSpec(
        @Nullable FileSource file, @Nullable UrlSource url) {
    /** A file on this host; a relative path is relative to the chain file. */
    public record FileSource(String path, @Nullable String sha256) {}

    /** An https URL; the digest is required and checked before the bytes are parsed. */
    public record UrlSource(String url, String sha256) {}
}
