package io.bpfchain.agent.cli;

import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code kubectl bpfchain}, also reached as {@code bpfchain kubectl}: the commands that work on a whole cluster. */
final class KubectlCommand {
    /** The word by which the launcher {@code kubectl-bpfchain} begins. */
    static final String NAME = "kubectl";

    /** Of the machine that a command runs on, which these commands have nothing to do with. */
    private static final Set<String> OPTIONS_OF_A_MACHINE = Set.of("--state-dir", "--bpffs", "--cgroup-root");

    private KubectlCommand() {}

    static CommandLine line(Session session) {
        return CommandGroup.of(
                NAME,
                "Works on the chains of a cluster; the same as kubectl bpfchain, the plugin of kubectl.",
                new FleetStatusCommand(session).line(),
                new FleetHistoryCommand(session).line(),
                new FleetTreeCommand(session).line(),
                new FleetDiffCommand(session).line(),
                FleetPauseCommand.pause(session),
                FleetPauseCommand.resume(session),
                new FleetRollbackCommand(session).line(),
                new FleetDrainCommand.Drain(session).line(),
                new FleetDrainCommand.Undrain(session).line(),
                new FleetConfirmRemovalCommand(session).line(),
                new FleetSupportCommand(session).line());
    }

    /** Takes away what the group inherited and does not look at. */
    static void forgetTheMachine(CommandLine group) {
        CommandSpec spec = group.getCommandSpec();
        List<OptionSpec> strange = spec.options().stream()
                .filter(o -> OPTIONS_OF_A_MACHINE.contains(o.longestName()))
                .toList();
        strange.forEach(spec::remove);
        group.getSubcommands().values().forEach(KubectlCommand::forgetTheMachine);
    }

    /** Has help and errors name the commands as users of kubectl type them. */
    static void nameAsPlugin(CommandLine root) {
        CommandLine group = root.getSubcommands().get(NAME);
        if (group != null) {
            root.setCommandName("kubectl");
            group.setCommandName("bpfchain");
        }
    }
}
