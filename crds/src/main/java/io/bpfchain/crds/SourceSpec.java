package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where an object's bytes come from: exactly one of its fields. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "[has(self.file), has(self.url), has(self.configMap), has(self.oci)].exists_one(x, x)",
        message = ChainRules.ONE_SOURCE)
public record SourceSpec(
        @JsonPropertyDescription("A file on the host.") @Nullable
        FileSource file,

        @JsonPropertyDescription("A file that is fetched over https and cached by its digest.") @Nullable
        UrlSource url,

        @JsonPropertyDescription(
                "A key of a ConfigMap that is labelled bpfchain.io/source: \"true\". The operator copies its bytes; a change of the"
                        + " ConfigMap is a new revision of the chain.")
        @Nullable
        ConfigMapSource configMap,

        @JsonPropertyDescription(
                "An artifact of a registry: an ORAS artifact with one file, or an image in bpfman's bytecode format. The operator fetches it,"
                        + " up to 1,000,000 bytes, and hands its bytes to the nodes, which need neither registry nor credentials.")
        @Nullable
        OciSource oci) {

    /** A file on this host. */
    public static SourceSpec file(FileSource file) {
        return new SourceSpec(file, null, null, null);
    }

    /** A file that is fetched over https. */
    public static SourceSpec url(UrlSource url) {
        return new SourceSpec(null, url, null, null);
    }

    /** A file on this host. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record FileSource(
            @Required
            @Size(min = 1, max = 4095)
            @Pattern(Patterns.PATH)
            @JsonPropertyDescription("A path; a relative one is relative to the directory of the chain file.")
            String path,

            @Size(max = 64)
            @Pattern(Patterns.SHA256)
            @JsonPropertyDescription(
                    "64 hex digits. When set, a file with other bytes is refused before it is parsed; when not, the file is taken as it is.")
            @Nullable
            String sha256) {
        public FileSource {
            Objects.requireNonNull(path);
        }
    }

    /** An https URL; the digest is required and checked before the bytes are parsed. */
    @ValidationRule(
            value = "self.url.matches('^https://[^/?#@\\\\s]+([/?][^#\\\\s]*)?$')",
            message = ChainRules.HTTPS,
            fieldPath = ".url")
    public record UrlSource(
            @Required
            @Size(max = 2048)
            @JsonPropertyDescription("Where the file is fetched from, once for each digest.")
            String url,

            @Required
            @Size(max = 64)
            @Pattern(Patterns.SHA256)
            @JsonPropertyDescription("64 hex digits. Other bytes are refused before they are parsed.")
            String sha256) {
        public UrlSource {
            Objects.requireNonNull(url);
            Objects.requireNonNull(sha256);
        }
    }

    /** A key of a ConfigMap, under {@code binaryData} or {@code data}. */
    public record ConfigMapSource(
            @Required
            @Size(max = 63)
            @Pattern(Patterns.LABEL)
            @JsonPropertyDescription("The namespace of the ConfigMap.")
            String namespace,

            @Required
            @Size(max = 253)
            @Pattern(Patterns.SUBDOMAIN)
            @JsonPropertyDescription("The name of the ConfigMap.")
            String name,

            @Required
            @Size(max = 253)
            @Pattern(Patterns.CONFIG_KEY)
            @JsonPropertyDescription("The key whose value is taken.")
            String key) {
        public ConfigMapSource {
            Objects.requireNonNull(namespace);
            Objects.requireNonNull(name);
            Objects.requireNonNull(key);
        }

        @Override
        public String toString() {
            return "ConfigMap " + namespace + "/" + name + " key " + key;
        }
    }

    /**
     * An artifact of a registry.
     *
     * @param digest of the manifest; null: what the tag names when the chain is changed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record OciSource(
            @Required
            @Size(min = 1, max = 1024)
            @Pattern(Patterns.IMAGE)
            @JsonPropertyDescription("Registry, repository and tag, for example registry.example/firewall:1.4.")
            String image,

            @Size(max = 71)
            @Pattern(Patterns.DIGEST)
            @JsonPropertyDescription(
                    "sha256: and 64 hex digits of the manifest. When absent, the tag is looked up once for each change of the chain.")
            @Nullable
            String digest) {
        public OciSource {
            Objects.requireNonNull(image);
        }

        @Override
        public String toString() {
            return digest == null ? image : image + "@" + digest;
        }
    }
}
