package io.bpfchain.agent.fleet.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.fleet.Access;
import io.bpfchain.agent.fleet.FleetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which cluster is meant; none is asked. */
class KubernetesFleetTest {
    private static final String KUBECONFIG = """
            apiVersion: v1
            kind: Config
            clusters:
            - {name: one, cluster: {server: "https://192.0.2.1:6443"}}
            - {name: two, cluster: {server: "https://192.0.2.2:6443"}}
            users:
            - {name: me, user: {token: t}}
            contexts:
            - {name: first, context: {cluster: one, user: me}}
            - {name: second, context: {cluster: two, user: me}}
            current-context: first
            """;

    @TempDir
    private Path directory;

    private Access access(String text, Optional<String> context) throws IOException {
        return new Access(
                Optional.of(Files.writeString(directory.resolve("config"), text)), context, "bpfchain-system");
    }

    private Problem refused(String text, Optional<String> context) throws IOException {
        Access access = access(text, context);
        FleetException thrown = catchThrowableOfType(
                FleetException.class, () -> KubernetesFleet.connect(access).close());
        return Objects.requireNonNull(thrown).problem();
    }

    @Test
    void takesTheContextThatIsNamed() throws IOException {
        KubernetesFleet.connect(access(KUBECONFIG, Optional.of("second"))).close();
        KubernetesFleet.connect(access(KUBECONFIG, Optional.empty())).close();
    }

    @Test
    void refusesAContextThatIsNotThereAndTakesNoOther() throws IOException {
        Problem problem = refused(KUBECONFIG, Optional.of("third"));
        assertThat(problem.kind()).isEqualTo(Problem.Kind.INVALID);
        assertThat(problem.text()).isEqualTo("use the context third: the kubeconfig has no such context");
        assertThat(problem.remedy()).isEqualTo("Choose with --context: first, second.");
    }

    @Test
    void refusesAFileThatIsNoKubeconfig() throws IOException {
        Problem problem = refused("apiVersion: bpfchain.io/v1alpha1\nkind: CgroupProgramChain\n", Optional.empty());
        assertThat(problem.reason()).isEqualTo("NoContext");
        assertThat(problem.remedy()).isEqualTo("It has none; name another --kubeconfig.");
    }

    @Test
    void refusesAFileThatIsNoYaml() throws IOException {
        Problem problem = refused("apiVersion: v1\nkind: [Config\n", Optional.empty());
        assertThat(problem.kind()).isEqualTo(Problem.Kind.INVALID);
        assertThat(problem.reason()).isEqualTo("KubeconfigUnreadable");
        assertThat(problem.text()).startsWith("read the kubeconfig " + directory.resolve("config") + ": ");
    }

    @Test
    void saysWhichFileOfTheKubeconfigIsMissing() throws IOException {
        Problem problem = refused(
                KUBECONFIG.replace("{server:", "{certificate-authority: /nonexistent/ca.crt, server:"),
                Optional.empty());
        assertThat(problem.kind()).isEqualTo(Problem.Kind.INVALID);
        assertThat(problem.text())
                .startsWith(
                        "use the certificates and keys of the kubeconfig for https://192.0.2.1:6443/ (context first): ")
                .contains("/nonexistent/ca.crt");
    }
}
