package io.bpfchain.agent.fleet.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.fleet.FleetException;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.ConnectException;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private static final ApiServer SERVER = new ApiServer("https://192.0.2.1:6443/", Optional.of("first"));

    private static Problem refused(Status status) {
        FleetException thrown = catchThrowableOfType(
                FleetException.class,
                () -> new Requests(SERVER).ask("drain n1", () -> {
                    throw new KubernetesClientException(status);
                }));
        return Objects.requireNonNull(thrown).problem();
    }

    private static StatusBuilder notFound(String message) {
        return new StatusBuilder().withCode(404).withReason("NotFound").withMessage(message);
    }

    @Test
    void anObjectThatIsGoneIsNotAClusterWithoutBpfchain() {
        Status gone = notFound("cgroupprogramnodes.bpfchain.io \"n1\" not found")
                .withNewDetails()
                .withName("n1")
                .withGroup("bpfchain.io")
                .withKind("cgroupprogramnodes")
                .endDetails()
                .build();
        assertThat(refused(gone).reason()).isEqualTo("NotFound");
        assertThat(refused(gone).text()).contains("drain n1: cgroupprogramnodes.bpfchain.io \"n1\" not found");
    }

    @Test
    void aKindThatTheApiServerDoesNotKnowIsAClusterWithoutBpfchain() {
        Status unknown = notFound("the server could not find the requested resource")
                .withNewDetails()
                .endDetails()
                .build();
        assertThat(refused(unknown).reason()).isEqualTo("NotInstalled");
        assertThat(refused(notFound("404 page not found").build()).reason()).isEqualTo("NotInstalled");
    }

    @Test
    void whoIsAskedIsSaidWhereTheAnswerDependsOnIt() {
        assertThat(refused(new StatusBuilder()
                                .withCode(403)
                                .withMessage("it is forbidden")
                                .build())
                        .text())
                .contains("drain n1 at https://192.0.2.1:6443/ (context first): it is forbidden");
    }

    @Test
    void thatNobodyAnsweredIsSaidWithTheServerAndWithoutNamesOfClasses() {
        KubernetesClientException away =
                new KubernetesClientException("Operation: [list] failed.", new ConnectException());
        FleetException thrown = catchThrowableOfType(
                FleetException.class,
                () -> new Requests(SERVER).ask("drain n1", () -> {
                    throw away;
                }));
        Problem problem = Objects.requireNonNull(thrown).problem();
        assertThat(problem.kind()).isEqualTo(Problem.Kind.FAILED);
        assertThat(problem.text())
                .contains("drain n1 at https://192.0.2.1:6443/ (context first): the connection was refused, or nothing"
                        + " listens there");
    }
}
