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
            case HttpURLConnection.HTTP_NOT_FOUND ->
                new Problem(
                        Problem.Kind.REFUSED,
                        "NotInstalled",
                        attempt,
                        message,
                        "Install bpfchain in this cluster first (docs/install.md), or choose another --context.");
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
