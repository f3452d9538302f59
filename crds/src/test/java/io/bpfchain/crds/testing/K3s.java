package io.bpfchain.crds.testing;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.util.Objects;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/** k3s in a container, for machines with a Docker engine. {@code BPFCHAIN_K3S_IMAGE} chooses the image. */
final class K3s {
    private static final String IMAGE =
            Objects.requireNonNullElse(System.getenv("BPFCHAIN_K3S_IMAGE"), "rancher/k3s:v1.36.0-k3s1");

    /** Whether k3s can be started here. */
    sealed interface Look {}

    record Missing(String reason) implements Look {}

    record Found(String image) implements Look {
        Running start() {
            K3sContainer container = new K3sContainer(DockerImageName.parse(image));
            container.start();
            return new Running(container);
        }
    }

    record Running(K3sContainer container) implements AutoCloseable {
        String kubeconfig() {
            return container.getKubeConfigYaml();
        }

        @Override
        public void close() {
            container.close();
        }
    }

    private K3s() {}

    static Look look() {
        DockerClientFactory docker = DockerClientFactory.instance();
        if (!docker.isDockerAvailable()) {
            return new Missing("no Docker engine answers");
        }
        try {
            docker.client().inspectImageCmd(IMAGE).exec();
            return new Found(IMAGE);
        } catch (NotFoundException e) {
            return new Missing("the Docker engine does not have the image " + IMAGE + " (docker pull " + IMAGE + ")");
        } catch (DockerException e) {
            return new Missing(
                    "the Docker engine did not say whether it has the image " + IMAGE + ": " + e.getMessage());
        }
    }
}
