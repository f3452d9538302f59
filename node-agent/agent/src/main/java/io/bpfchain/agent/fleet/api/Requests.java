package io.bpfchain.agent.fleet.api;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.fleet.FleetException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks an API server, and says in the project's words what it did not do. */
record Requests(ApiServer server) {
    private static final int UNPROCESSABLE = 422;

    /**
     * Asks for what must be there.
     *
     * @param attempt what is attempted on what, for example {@code list CgroupProgramChains}
     */
    <T> T ask(String attempt, Supplier<T> request) {
        try {
            return request.get();
        } catch (KubernetesClientException e) {
            throw new FleetException(problem(attempt, e), e);
        }
    }

    /** Asks for one object; empty where the API server says that there is none. */
    <T> Optional<T> find(String attempt, Supplier<@Nullable T> request) {
        return ask(attempt, () -> Optional.ofNullable(request.get()));
    }

    private Problem problem(String attempt, KubernetesClientException e) {
        return e.getCode() < HttpURLConnection.HTTP_OK ? noAnswer(attempt, e) : refused(attempt, e);
    }

    /** The client gives a number that is none of HTTP where nobody answered. */
    private Problem noAnswer(String attempt, KubernetesClientException e) {
        return new Problem(
                Problem.Kind.FAILED,
                "ApiUnavailable",
                attempt,
                attempt + " at " + server + ": " + NoAnswer.words(e, server),
                "See that this server runs and can be reached from here; --kubeconfig and --context choose another one.");
    }

    private Problem refused(String attempt, KubernetesClientException e) {
        String message = attempt + ": " + text(e);
        String there = attempt + " at " + server + ": " + text(e);
        return switch (e.getCode()) {
            case HttpURLConnection.HTTP_UNAUTHORIZED ->
                new Problem(
                        Problem.Kind.NOT_PERMITTED,
                        "Unauthorized",
                        attempt,
                        there,
                        "Log in to the cluster again, or choose another --context.");
            case HttpURLConnection.HTTP_FORBIDDEN ->
                new Problem(
                        Problem.Kind.NOT_PERMITTED,
                        "Forbidden",
                        attempt,
                        there,
                        "Ask an administrator of the cluster for this permission (docs/kubectl.md lists what each command needs).");
            case HttpURLConnection.HTTP_NOT_FOUND -> notFound(attempt, message, there, e);
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
                        there,
                        "The server itself is in trouble: ask whoever runs it, and try again; --kubeconfig and --context choose another one.");
        };
    }

    /** The API server names the object that it does not have; where it does not know the kind it names none. */
    private Problem notFound(String attempt, String message, String there, KubernetesClientException e) {
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
                        there,
                        "Install bpfchain in this cluster first (docs/install.md), or choose another --context.");
    }

    /** What the API server says; where it is no API server that answers, nothing but the number may be known. */
    private static String text(KubernetesClientException e) {
        return Optional.ofNullable(e.getStatus())
                .flatMap(s -> Optional.ofNullable(s.getMessage()))
                .filter(m -> !m.isBlank())
                .orElse("HTTP " + e.getCode());
    }
}
