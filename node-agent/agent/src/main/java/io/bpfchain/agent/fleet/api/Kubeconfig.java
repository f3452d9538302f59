package io.bpfchain.agent.fleet.api;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.fleet.Access;
import io.bpfchain.agent.fleet.FleetException;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the cluster that a command is about, as kubectl finds it. */
final class Kubeconfig {
    private Kubeconfig() {}

    /**
     * The cluster that was asked for; the API server is not asked yet.
     *
     * @throws FleetException where there is no such cluster: the client would take another context for one that is not there
     */
    static Config of(Access access) {
        Config config = read(access);
        Optional<String> found = Optional.ofNullable(config.getCurrentContext()).map(NamedContext::getName);
        if (access.context().isPresent() && !found.equals(access.context())) {
            throw invalid(
                    "NoSuchContext",
                    "use the context " + access.context().get() + ": the kubeconfig has no such context",
                    contexts(config));
        }
        if (access.kubeconfig().isPresent() && found.isEmpty()) {
            throw invalid(
                    "NoContext",
                    "read the kubeconfig " + access.kubeconfig().get() + ": it names no current context that it has",
                    contexts(config));
        }
        return config;
    }

    private static String contexts(Config config) {
        String names = config.getContexts() == null
                ? ""
                : config.getContexts().stream().map(NamedContext::getName).collect(Collectors.joining(", "));
        return names.isEmpty() ? "It has none; name another --kubeconfig." : "Choose with --context: " + names + ".";
    }

    /** The kubeconfig cannot be used as it is. */
    static FleetException invalid(String reason, String message, String remedy) {
        return new FleetException(new Problem(Problem.Kind.INVALID, reason, message, message, remedy));
    }

    private static Config read(Access access) {
        String context = access.context().orElse(null);
        if (access.kubeconfig().isEmpty()) {
            return Config.autoConfigure(context);
        }
        Path file = access.kubeconfig().get();
        if (!Files.isReadable(file)) {
            throw invalid(
                    "KubeconfigUnreadable",
                    "read the kubeconfig " + file + ": no such file that may be read",
                    "Name a readable kubeconfig.");
        }
        try {
            return Config.fromKubeconfig(context, file.toFile());
        } catch (RuntimeException e) { // of the client or of its reader of YAML
            throw invalid(
                    "KubeconfigUnreadable",
                    "read the kubeconfig " + file + ": "
                            + String.valueOf(e.getMessage()).strip(),
                    "Correct it, or name another --kubeconfig.");
        }
    }
}
