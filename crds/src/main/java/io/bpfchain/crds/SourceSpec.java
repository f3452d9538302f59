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
@ValidationRule(value = "has(self.file) != has(self.url)", message = ChainRules.ONE_SOURCE)
public record SourceSpec(
        @JsonPropertyDescription("A file on the host.") @Nullable
        FileSource file,

        @JsonPropertyDescription("A file that is fetched over https and cached by its digest.") @Nullable
        UrlSource url) {

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
}
