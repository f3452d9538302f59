package io.bpfchain.agent.fleet.api;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.fleet.FleetException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks the API server, and says in the project's words what it did not do. */
final class Requests {
    private static final int UNPROCESSABLE = 422;

    private Requests() {}

    /**
     * Asks for what must be there.
     *
     * @param attempt what is attempted on what, for example {@code list CgroupProgramChains}
     */
    static <T> T ask(String attempt, Supplier<T> request) {
        try {
            return request.get();
        } catch (KubernetesClientException e) {
            throw new FleetException(problem(attempt, e), e);
        }
    }

    /** Asks for one object; empty where the API server says that there is none. */
    static <T> Optional<T> find(String attempt, Supplier<@Nullable T> request) {
        return ask(attempt, () -> Optional.ofNullable(request.get()));
    }

    private static Problem problem(String attempt, KubernetesClientException e) {
        String message = attempt + ": " + text(e);
        return switch (e.getCode()) {
            case HttpURLConnection.HTTP_UNAUTHORIZED ->
                new Problem(
                        Problem.Kind.NOT_PERMITTED,
                        "Unauthorized",
                        attempt,
                        message,
                        "Log in to the cluster again, or choose another --context.");
            case HttpURLConnection.HTTP_FORBIDDEN ->
                new Problem(
                        Problem.Kind.NOT_PERMITTED,
                        "Forbidden",
                        attempt,
                        message,
                        "Ask an administrator of the cluster for this permission (docs/kubectl.md lists what each command needs).");
            case HttpURLConnection.HTTP_NOT_FOUND -> notFound(attempt, message, e);
            case HttpURLConnection.HTTP_CONFLICT ->
                new Problem(
                        Problem.Kind.REFUSED,
                        "Conflict",
                        attempt,
                        message,
                        "Somebody changed it meanwhile; try again.");
            case HttpURLConnection.HTTP_BAD_REQUEST, UNPROCESSABLE ->
                new Problem(Problem.Kind.INVALID, "Invalid", attempt, message, "Correct it; nothing was changed.");
            default ->
                new Problem(
                        Problem.Kind.FAILED,
                        "ApiUnavailable",
                        attempt,
                        message,
                        "Look whether kubectl reaches the cluster; --kubeconfig and --context choose another one.");
        };
    }

    /** The API server names the object that it does not have; where it does not know the kind it names none. */
    private static Problem notFound(String attempt, String message, KubernetesClientException e) {
        boolean kindIsKnown = Optional.ofNullable(e.getStatus())
                .flatMap(s -> Optional.ofNullable(s.getDetails()))
                .flatMap(d -> Optional.ofNullable(d.getName()))
                .filter(name -> !name.isEmpty())
                .isPresent();
        return kindIsKnown
                ? new Problem(
                        Problem.Kind.REFUSED,
                        "NotFound",
                        attempt,
                        message,
                        "Somebody deleted it meanwhile; look what is there, and try again.")
                : new Problem(
                        Problem.Kind.REFUSED,
                        "NotInstalled",
                        attempt,
                        message,
                        "Install bpfchain in this cluster first (docs/install.md), or choose another --context.");
    }

    private static String text(KubernetesClientException e) {
        if (e.getStatus() != null && e.getStatus().getMessage() != null) {
            return e.getStatus().getMessage();
        }
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
