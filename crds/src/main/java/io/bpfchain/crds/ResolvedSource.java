package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a source of a chain was resolved to, once, when its revision was made.
 *
 * @param map null: the object's own bytes; otherwise the list of entries of this map
 * @param digest {@code sha256:} and 64 hex digits of the bytes
 * @param manifest for {@code oci}: the digest of the manifest that names the bytes
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ResolvedSource(
        @Required @JsonPropertyDescription("The object of the chain.")
        String object,

        @JsonPropertyDescription("The map whose entries these are; absent for the bytes of the object itself.")
        @Nullable
        String map,

        @Required @JsonPropertyDescription("sha256: and 64 hex digits of the bytes.")
        String digest,

        @JsonPropertyDescription("For oci: sha256: and 64 hex digits of the manifest that names the bytes.") @Nullable
        String manifest) {
    public ResolvedSource {
        Objects.requireNonNull(object);
        Objects.requireNonNull(digest);
    }
}
