package io.bpfchain.agent.cli;

import io.bpfchain.agent.cgroup.CgroupWatch;
import io.bpfchain.agent.cluster.AgentMetrics;
import io.bpfchain.agent.cluster.AgentSettings;
import io.bpfchain.agent.cluster.ClusterApi;
import io.bpfchain.agent.cluster.Endpoints;
import io.bpfchain.agent.cluster.NodeAgent;
import io.bpfchain.agent.cluster.NodeCgroups;
import io.bpfchain.agent.cluster.NodeReport;
import io.bpfchain.agent.cluster.api.KubernetesApi;
import io.bpfchain.agent.log.LineLogging;
import io.bpfchain.crds.revision.Ability;
import io.bpfchain.kernel.KernelFeatures;
import io.bpfchain.planner.Capabilities;
import io.bpfchain.planner.Support;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code bpfchain agent}. */
final class AgentCommand implements Callable<Integer> {
    private final Session session;

    private final OptionSpec kubeletRoot = Described.option(String.class, "--kubelet-cgroup-root")
            .paramLabel("PATH")
            .description(
                    "The kubelet's --cgroup-root, such as /kubelet (default: the cgroup of all pods is looked for).")
            .build();

    private final OptionSpec machineId = Described.option(Path.class, "--machine-id")
            .paramLabel("FILE")
            .defaultValue("/etc/machine-id")
            .description(
                    "The file with the id of the machine (default: /etc/machine-id). What another machine remembered is not"
                            + " believed.")
            .build();

    private final OptionSpec port = Described.option(int.class, "--port")
            .paramLabel("PORT")
            .defaultValue("8080")
            .description("Serves /healthz, /readyz and /metrics (default: 8080; 0: any free one).")
            .build();

    private final OptionSpec format = Described.option(RunCommand.LogFormat.class, "--log-format")
            .paramLabel("FORMAT")
            .defaultValue("json")
            .description("json (default): one object per line, or plain. The log goes to standard error.")
            .build();

    AgentCommand(Session session) {
        this.session = session;
    }

    CommandLine line() {
        return new Described(
                        "agent",
                        this,
                        "Runs on a node of a Kubernetes cluster what the cluster assigns to it, until it is stopped; then everything stays"
                                + " attached.",
                        "Follows the CgroupProgramNode that is named like the node, and reports in its status what the kernel runs. Nothing is"
                                + " detached because an object, the API server or a file is missing. The chart starts it as a DaemonSet.",
                        "The environment says which node this is: NODE_NAME, the name of the Node, and POD_NAMESPACE, the operator's namespace. In"
                                + " a pod the API server is found by its ServiceAccount, elsewhere by KUBECONFIG.")
                .takes(kubeletRoot, machineId, port, format)
                .examples(
                        "  NODE_NAME=node-1 POD_NAMESPACE=bpfchain-system bpfchain agent",
                        "  bpfchain agent --cgroup-root /host/cgroup --kubelet-cgroup-root /kubelet")
                .line();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Settings machine = session.global().settings();
        AgentSettings.Options options = new AgentSettings.Options(
                machineId.getValue(),
                Optional.ofNullable(kubeletRoot.getValue()),
                machine.stateDirectory(),
                port.getValue());
        return switch (AgentSettings.read(System.getenv(), options)) {
            case AgentSettings.Result.Invalid(List<String> problems) -> {
                problems.forEach(session.console()::error);
                yield ExitCode.INVALID.number();
            }
            case AgentSettings.Result.Valid(AgentSettings settings) -> open(settings, machine);
        };
    }

    private int open(AgentSettings settings, Settings machine) throws IOException, InterruptedException {
        NodeAgent.Mailbox mailbox = NodeAgent.Mailbox.create();
        return switch (session.machine()
                .open(
                        machine,
                        Machine.Intent.ATTACH,
                        mounted -> new NodeCgroups(mounted, settings.kubeletRoot(), mailbox.pods()))) {
            case Machine.Opened.Ready<NodeCgroups> ready -> {
                System.setProperty(
                        LineLogging.FORMAT,
                        format.<RunCommand.LogFormat>getValue().name());
                run(settings, ready, mailbox);
                yield ExitCode.DONE.number();
            }
            case Machine.Opened.Refused<NodeCgroups> refused -> {
                session.console().problems(refused.problems());
                yield ExitCode.of(refused.problems()).number();
            }
        };
    }

    private void run(AgentSettings settings, Machine.Opened.Ready<NodeCgroups> machine, NodeAgent.Mailbox mailbox)
            throws IOException, InterruptedException {
        Logger log = LoggerFactory.getLogger("bpfchain.agent");
        machine.notes().forEach(log::info);
        AgentMetrics metrics = new AgentMetrics();
        try (WatchService service = FileSystems.getDefault().newWatchService();
                CgroupWatch watch = new CgroupWatch(machine.cgroups().mounted(), service);
                ClusterApi api = KubernetesApi.connect(settings.node(), settings.namespace())) {
            NodeAgent agent = new NodeAgent(
                    settings,
                    api,
                    new NodeAgent.Machine(machine.host(), machine.upkeep(), machine.cgroups(), watch, service),
                    mailbox,
                    new NodeReport.Agent(
                            ProductVersion.text(),
                            System.getProperty("os.version"),
                            words(KernelFeatures.capabilities()),
                            Ability.all()),
                    metrics,
                    session.clock(),
                    log);
            try (Endpoints endpoints = new Endpoints(settings.port(), agent, metrics);
                    StopSignal _ = StopSignal.awaits(agent::stop)) {
                log.atInfo().addKeyValue("port", endpoints.port()).log("serves health and metrics");
                agent.run();
            }
        }
    }

    private static List<String> words(Capabilities capabilities) {
        List<String> words = new ArrayList<>();
        if (capabilities.replace() instanceof Support.Supported) {
            words.add("replace");
        }
        if (capabilities.positions() instanceof Support.Supported) {
            words.add("positions");
        }
        return words;
    }
}
