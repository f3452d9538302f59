package io.bpfchain.cluster;

import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.Condition;
import io.bpfchain.kernel.testing.traffic.Tracer;
import io.bpfchain.operator.cluster.ChainObject;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Chains of tracers in an API server, and the ConfigMap with their bytes, as a user writes them. */
final class TracerChains {
    private static final String NAMESPACE = "apps";
    private static final String SOURCE = "tracer";

    private final KubernetesClient admin;

    TracerChains(KubernetesClient admin) {
        this.admin = admin;
    }

    /**
     * The ConfigMap, and its namespace where it is not there yet.
     *
     * @param variant makes other bytes of it, which do the same
     */
    void writeSource(int variant) {
        Installation.makeNamespace(admin, NAMESPACE);
        try {
            byte[] object = Files.readAllBytes(Tracer.object());
            admin.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName(SOURCE)
                            .withNamespace(NAMESPACE)
                            .addToLabels("bpfchain.io/source", "true")
                            .endMetadata()
                            .addToBinaryData(
                                    "tracer.o",
                                    Base64.getEncoder().encodeToString(Arrays.copyOf(object, object.length + variant)))
                            .build())
                    .serverSideApply();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void deleteSource() {
        admin.configMaps().inNamespace(NAMESPACE).withName(SOURCE).delete();
    }

    /**
     * A chain as it is applied.
     *
     * @param digits of its programs: 12 has the programs p1 and p2
     * @param generation makes another version of each program, which does the same
     * @param maxConcurrent as a rollout has it
     */
    record Wanted(String name, int priority, String digits, int generation, String maxConcurrent) {
        private String yaml() {
            String programs = digits.chars()
                    .map(d -> Character.digit(d, 10))
                    .mapToObj(d -> "  - {name: p%d, function: %s}\n".formatted(d, Tracer.function(d)))
                    .collect(Collectors.joining());
            return template()
                            .replace("NAME", name)
                            .replace("PRIORITY", Integer.toString(priority))
                            .replace("GENERATION", Integer.toString(generation))
                            .replace("PORT", Integer.toString(PacketWatch.PORT))
                            .replace("MAX_CONCURRENT", maxConcurrent)
                    + programs;
        }
    }

    private static String template() {
        try (InputStream in = TracerChains.class.getResourceAsStream("chain.yaml")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void apply(Wanted chain) {
        admin.resource(chain.yaml()).fieldManager("user").forceConflicts().serverSideApply();
    }

    /** The status of a chain that the operator has seen as it was applied last. */
    Optional<CgroupProgramChainStatus> observed(String name) {
        ChainObject chain = Objects.requireNonNull(
                admin.resources(ChainObject.class).withName(name).get());
        return chain.known().filter(s -> s.observedGeneration() == chain.generation());
    }

    /** The same of one that is Ready. */
    Optional<CgroupProgramChainStatus> ready(String name) {
        return observed(name)
                .filter(s -> s.conditions().stream()
                        .anyMatch(c -> c.type().equals("Ready") && c.status() == Condition.Status.True));
    }
}
