package io.bpfchain.operator.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import land.oras.Registry;
import land.oras.auth.AuthProvider;
import land.oras.auth.AuthStore;
import land.oras.auth.AuthStoreAuthenticationProvider;
import land.oras.auth.NoAuthProvider;
import org.jspecify.annotations.Nullable;

/**
 * How registries are reached.
 *
 * @param credentials a file as {@code docker login} writes it, which is what a Secret of type kubernetes.io/dockerconfigjson holds
 * @param authorities a PEM file of authorities to trust instead of the Java runtime's
 * @param plainHttp registries, with port, that are spoken to without TLS; loopback addresses always are, as by Docker
 */
public record RegistryAccess(Optional<Path> credentials, Optional<Path> authorities, Set<String> plainHttp) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    public RegistryAccess {
        plainHttp = Set.copyOf(plainHttp);
    }

    /** With no credentials, over TLS. */
    public static RegistryAccess anonymous() {
        return new RegistryAccess(Optional.empty(), Optional.empty(), Set.of());
    }

    /** The file is read anew each time: a Secret may change. */
    Registry to(@Nullable String registry) {
        Registry.Builder builder = Registry.builder()
                .withInsecure(registry != null && isPlain(registry))
                .withAuthProvider(credentials
                        .<AuthProvider>map(
                                file -> new AuthStoreAuthenticationProvider(AuthStore.newStore(List.of(file))))
                        .orElseGet(NoAuthProvider::new));
        authorities.ifPresent(builder::withCaFile);
        return builder.build();
    }

    private boolean isPlain(String registry) {
        String host = registry.replaceFirst(":[0-9]+$", "");
        return LOOPBACK.contains(host) || plainHttp.contains(registry);
    }
}
