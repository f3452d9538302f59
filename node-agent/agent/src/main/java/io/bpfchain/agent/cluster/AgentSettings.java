package io.bpfchain.agent.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the agent is told by its environment and options, read once.
 *
 * @param node the name of the Node, and of its CgroupProgramNode
 * @param namespace the operator's, where revisions and bytes are
 * @param machineId by which a copied disk is told from the machine that it was copied from
 * @param kubeletRoot the kubelet's {@code --cgroup-root}; empty: it is looked for
 * @param directory of the memory and of fetched contents
 * @param port for health, readiness and metrics; 0: any free one
 * @param refresh between two looks at every hook
 * @param again before the API server is asked once more
 * @param gather how long changes of pods are gathered before they are reported
 */
public record AgentSettings(
        String node,
        String namespace,
        String machineId,
        Optional<String> kubeletRoot,
        Path directory,
        int port,
        Duration refresh,
        Duration again,
        Duration gather) {
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Duration REFRESH = Duration.ofSeconds(30);
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final Duration GATHER = Duration.ofSeconds(1);
    private static final int LONGEST_NAME = 253;
    private static final int LAST_PORT = 65_535;

    public AgentSettings {
        Objects.requireNonNull(node);
        Objects.requireNonNull(namespace);
        Objects.requireNonNull(machineId);
        Objects.requireNonNull(kubeletRoot);
        Objects.requireNonNull(directory);
    }

    /** Settings, or all that is wrong with them. */
    public sealed interface Result {
        record Valid(AgentSettings settings) implements Result {}

        record Invalid(List<String> problems) implements Result {
            public Invalid {
                problems = List.copyOf(problems);
            }
        }
    }

    /**
     * What the options say.
     *
     * @param machineId the file with the id
     * @param kubeletRoot {@code --kubelet-cgroup-root}, where given
     * @param state the state directory of the machine
     */
    public record Options(Path machineId, Optional<String> kubeletRoot, Path state, int port) {}

    /** Reads and checks. */
    public static Result read(Map<String, String> environment, Options options) {
        List<String> problems = new ArrayList<>();
        String node = variable(environment, "NODE_NAME", "the name of the Node (spec.nodeName)", problems);
        if (!node.isEmpty()
                && (node.length() > LONGEST_NAME || !SUBDOMAIN.matcher(node).matches())) {
            problems.add("NODE_NAME=" + node + " is not the name of a Node");
        }
        String namespace =
                variable(environment, "POD_NAMESPACE", "the operator's namespace (metadata.namespace)", problems);
        if (!namespace.isEmpty() && !LABEL.matcher(namespace).matches()) {
            problems.add("POD_NAMESPACE=" + namespace + " is not the name of a namespace");
        }
        if (options.port() < 0 || options.port() > LAST_PORT) {
            problems.add("--port=" + options.port() + " is not a port from 0 to 65535");
        }
        options.kubeletRoot()
                .filter(r -> !r.startsWith("/") || r.contains("/..") || r.contains("*"))
                .ifPresent(r -> problems.add(
                        "--kubelet-cgroup-root=" + r + " is not a cgroup path, such as /kubelet; it begins with /"));
        String machine = machineId(options.machineId(), problems);
        return problems.isEmpty()
                ? new Result.Valid(new AgentSettings(
                        node,
                        namespace,
                        machine,
                        options.kubeletRoot(),
                        options.state().resolve("cluster"),
                        options.port(),
                        REFRESH,
                        AGAIN,
                        GATHER))
                : new Result.Invalid(problems);
    }

    private static String variable(Map<String, String> environment, String name, String what, List<String> problems) {
        String value = environment.getOrDefault(name, "");
        if (value.isBlank()) {
            problems.add(name + " is not set: it says " + what);
            return "";
        }
        return value;
    }

    private static String machineId(Path file, List<String> problems) {
        try {
            String id = Files.readString(file).strip();
            if (id.isEmpty() || id.equals("uninitialized")) {
                problems.add("--machine-id=" + file + " has no id yet");
            }
            return id;
        } catch (IOException e) {
            problems.add("--machine-id=" + file + " cannot be read: " + e);
            return "";
        }
    }
}
