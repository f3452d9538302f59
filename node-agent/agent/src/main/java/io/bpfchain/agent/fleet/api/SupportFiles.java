package io.bpfchain.agent.fleet.api;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.fleet.FleetException;
import io.bpfchain.crds.CgroupProgramChain;
import io.bpfchain.crds.CgroupProgramNode;
import io.bpfchain.crds.ClusterNames;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Gathers what helps to understand the state of bpfchain: its objects, Events about them, and its pods with their logs. Of ConfigMaps only
 * the operator's own state, of Secrets nothing. What cannot be had is told in a file of its own, and the rest is gathered all the same.
 */
final class SupportFiles {
    private static final int LOG_LINES = 5_000;
    private static final int LOG_BYTES = 4 << 20;
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private final KubernetesClient client;
    private final Requests requests;
    private final String namespace;
    private final BiConsumer<String, String> file;
    private final List<Problem> problems = new ArrayList<>();
    private boolean answered;

    SupportFiles(KubernetesClient client, Requests requests, String namespace, BiConsumer<String, String> file) {
        this.client = client;
        this.requests = requests;
        this.namespace = namespace;
        this.file = file;
    }

    /**
     * Hands over all files, of which {@code problems.txt} is the last.
     *
     * @return why the others are missing
     * @throws FleetException where nothing at all can be had; a server that does not answer the first question is not asked the others
     */
    List<Problem> gather() {
        one("versions.yaml", this::versions);
        failWhereNothingCame(p -> p.kind() == Problem.Kind.FAILED);
        objects(
                "chains",
                () -> client.genericKubernetesResources(
                                CgroupProgramChain.GROUP + "/" + CgroupProgramChain.VERSION, "CgroupProgramChain")
                        .list()
                        .getItems());
        objects("nodes", () -> client.resources(CgroupProgramNode.class).list().getItems());
        objects(
                "revisions",
                () -> client.apps()
                        .controllerRevisions()
                        .inNamespace(namespace)
                        .withLabel(ClusterNames.CHAIN)
                        .list()
                        .getItems());
        objects(
                "events",
                () -> client.events().v1().events().inNamespace("default").list().getItems().stream()
                        .filter(e -> e.getRegarding() != null
                                && Objects.requireNonNullElse(e.getRegarding().getApiVersion(), "")
                                        .startsWith(CgroupProgramChain.GROUP + "/"))
                        .toList());
        objects(
                "events",
                () -> client.events()
                        .v1()
                        .events()
                        .inNamespace(namespace)
                        .list()
                        .getItems());
        one(
                "operator-state.yaml",
                () -> Serialization.asYaml(Objects.requireNonNullElse(
                        client.configMaps()
                                .inNamespace(namespace)
                                .withName(ClusterNames.STATE)
                                .get(),
                        Map.of())));
        pods();
        failWhereNothingCame(p -> true);
        file.accept(
                "problems.txt",
                problems.isEmpty()
                        ? "none\n"
                        : problems.stream().map(p -> p.message() + "\n").collect(Collectors.joining()));
        return List.copyOf(problems);
    }

    private void failWhereNothingCame(Predicate<Problem> serious) {
        if (!answered) {
            problems.stream().filter(serious).findFirst().ifPresent(p -> {
                throw new FleetException(p);
            });
        }
    }

    private String versions() {
        Map<String, Object> versions = new LinkedHashMap<>();
        versions.put("kubernetes", client.getKubernetesVersion().getGitVersion());
        for (String definition : List.of("cgroupprogramchains", "cgroupprogramnodes")) {
            CustomResourceDefinition crd = client.apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .withName(definition + "." + CgroupProgramChain.GROUP)
                    .get();
            versions.put(
                    definition,
                    crd == null
                            ? "not installed"
                            : Objects.requireNonNullElse(crd.getMetadata().getAnnotations(), Map.of()));
        }
        return Serialization.asYaml(versions);
    }

    private void pods() {
        List<Pod> pods = new ArrayList<>();
        one("pods.yaml", () -> {
            pods.addAll(client.pods().inNamespace(namespace).list().getItems());
            return Serialization.asYaml(pods.stream().map(SupportFiles::pod).toList());
        });
        for (Pod pod : pods) {
            String name = pod.getMetadata().getName();
            one(
                    "logs/" + name + ".log",
                    () -> client.pods()
                            .inNamespace(namespace)
                            .withName(name)
                            .limitBytes(LOG_BYTES)
                            .tailingLines(LOG_LINES)
                            .getLog());
            boolean restarted = pod.getStatus().getContainerStatuses().stream().anyMatch(c -> c.getRestartCount() > 0);
            if (restarted) {
                one(
                        "logs/" + name + ".previous.log",
                        () -> client.pods()
                                .inNamespace(namespace)
                                .withName(name)
                                .terminated()
                                .tailingLines(LOG_LINES)
                                .getLog());
            }
        }
    }

    /** Without its spec, whose environment may hold anything. */
    private static Map<String, Object> pod(Pod pod) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("name", pod.getMetadata().getName());
        told.put("node", Objects.requireNonNullElse(pod.getSpec().getNodeName(), ""));
        told.put("phase", Objects.requireNonNullElse(pod.getStatus().getPhase(), ""));
        told.put(
                "containers",
                pod.getStatus().getContainerStatuses().stream()
                        .map(SupportFiles::container)
                        .toList());
        return told;
    }

    private static Map<String, Object> container(ContainerStatus status) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("name", status.getName());
        told.put("image", Objects.requireNonNullElse(status.getImage(), ""));
        told.put("imageID", Objects.requireNonNullElse(status.getImageID(), ""));
        told.put("ready", Objects.requireNonNullElse(status.getReady(), false));
        told.put("restarts", Objects.requireNonNullElse(status.getRestartCount(), 0));
        told.put("state", Objects.requireNonNullElse(status.getState(), Map.of()));
        told.put("lastState", Objects.requireNonNullElse(status.getLastState(), Map.of()));
        return told;
    }

    private void objects(String folder, Supplier<List<? extends HasMetadata>> list) {
        for (HasMetadata object : gathered(folder, list).orElse(List.of())) {
            object.getMetadata().setManagedFields(null);
            if (object.getMetadata().getAnnotations() != null) {
                object.getMetadata().getAnnotations().remove(LAST_APPLIED);
            }
            one(folder + "/" + object.getMetadata().getName() + ".yaml", () -> Serialization.asYaml(object));
        }
    }

    private void one(String name, Supplier<String> content) {
        gathered(name, content).ifPresent(text -> {
            try {
                file.accept(name, text);
            } catch (IllegalArgumentException e) { // a name too long for the archive
                String message = "write " + name + ": " + e.getMessage();
                problems.add(new Problem(Problem.Kind.REFUSED, "NameTooLong", name, message, ""));
            }
        });
    }

    private <T> Optional<T> gathered(String what, Supplier<T> work) {
        try {
            Optional<T> found = Optional.of(requests.ask("gather " + what, work));
            answered = true;
            return found;
        } catch (FleetException e) {
            problems.add(e.problem());
            return Optional.empty();
        }
    }
}
