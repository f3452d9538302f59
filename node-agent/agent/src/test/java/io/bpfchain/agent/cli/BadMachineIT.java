package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.engine.Chains;
import io.bpfchain.agent.engine.TestHost;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestJvm;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A good chain on a machine that lacks something: each time the exit code, the exact message, and nothing changed. */
class BadMachineIT {
    @TempDir
    Path directory;

    private TestHost machine = new TestHost(Path.of("/nowhere"));
    private Path chain = Path.of("/nowhere");

    @BeforeEach
    void prepare() throws IOException {
        machine.close();
        machine = new TestHost(directory.resolve("state"));
        chain = Files.writeString(
                directory.resolve("chain.yaml"), Chains.yaml("good", machine, Chains.object(1), "first"));
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void withoutBpffs() {
        ends(
                3,
                "error: " + directory + " is not on a BPF file system.\n  Mount one on the host: mount -t bpf bpf "
                        + directory + "\n",
                "--bpffs",
                directory.toString());
    }

    /** Pins in a private mount namespace would die with it, so there is nothing to mount for apply; and no other bpffs is taken. */
    @Test
    void withoutTheUsualBpffsInAPrivateMountNamespace() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(TestJvm.command(
                        List.of("unshare", "-m", "sh", "-c", "umount -l /sys/fs/bpf 2>/dev/null; exec \"$@\"", "sh"),
                        Main.class,
                        "apply",
                        "-f",
                        chain.toString(),
                        "--state-dir",
                        machine.state().toString()))
                .start();
        String message = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(message).isEqualTo(3);
        assertThat(message)
                .startsWith("error: No BPF file system is mounted at /sys/fs/bpf; what is mounted at ")
                .contains(" may be somebody else's and is not used unasked.\n")
                .contains(
                        "  Mount the usual one on the host (mount -t bpf bpf /sys/fs/bpf), or use the other: --bpffs ");
        assertThat(machine.list(AttachType.CGROUP_INET_EGRESS)).isEmpty();
    }

    @Test
    void withAReadOnlyBpffs() {
        Commands.run("mount", "-o", "remount,ro", machine.bpffs().toString());
        String message = run(3);
        Commands.run("mount", "-o", "remount,rw", machine.bpffs().toString());
        assertThat(message)
                .isEqualTo("error: The BPF file system at " + machine.bpffs()
                        + " is mounted read-only.\n  Mount it writable: mount -o" + " remount,rw " + machine.bpffs()
                        + "; in a pod, without readOnly.\n");
        assertThat(machine.list(AttachType.CGROUP_INET_EGRESS)).isEmpty();
    }

    @Test
    void withACgroupRootThatDoesNotExist() {
        ends(
                3,
                "error: use " + directory
                        + "/none as cgroup root: no such directory\n  Name an existing directory on a cgroup2"
                        + " mount with --cgroup-root, or leave the option out.\n",
                "--cgroup-root",
                directory.resolve("none").toString());
    }

    @Test
    void withACgroupRootThatIsNoCgroup() {
        assertThat(run(3, "--cgroup-root", "/proc"))
                .startsWith(
                        "error: use /proc as cgroup root: it lies on a proc mount, not on cgroup2\n  Name a directory below ");
    }

    @Test
    void withAnUnknownOption() {
        ends(2, "error: Unknown option: '--force'\n  bpfchain apply --help shows how it is used.\n", "--force");
    }

    @Test
    void leavesAnExclusiveListAlone() throws IOException {
        Path foreign = machine.bpffs().resolve("foreign");
        Commands.run("bpftool", "prog", "load", Chains.object(7).toString(), foreign.toString(), "type", "cgroup/skb");
        Commands.run(
                "bpftool",
                "cgroup",
                "attach",
                machine.cgroup().directory().toString(),
                "egress",
                "pinned",
                foreign.toString());
        List<EntryId> before = machine.list(AttachType.CGROUP_INET_EGRESS);
        assertThat(run(3)).contains("program " + before.getFirst()).endsWith("Nothing was changed.\n");
        assertThat(machine.list(AttachType.CGROUP_INET_EGRESS)).isEqualTo(before);
    }

    /** As nobody, without any capability: the exit code says so, the message names the capability, and nothing is changed. */
    @Test
    void withoutPrivileges() throws IOException, InterruptedException {
        UserInstallation user = UserInstallation.make(directory);
        Path state = Files.createDirectory(directory.resolve("user-state"));
        Commands.run("chown", "65534", state.toString());
        Commands.run("chmod", "-R", "a+rX", directory.toString(), chain.toString());

        UserInstallation.Ended ended = user.run(
                "apply",
                "-f",
                chain.toString(),
                "--state-dir",
                state.toString(),
                "--bpffs",
                machine.bpffs().toString());

        assertThat(ended.code()).as(ended.message()).isEqualTo(4);
        assertThat(ended.message()).contains("CAP_BPF").endsWith("Nothing was changed.\n");
        assertThat(machine.list(AttachType.CGROUP_INET_EGRESS)).isEmpty();
    }

    /**
     * Without CAP_SYS_ADMIN nothing is found by id: what runs is refused to be changed, the message says how to recover, and that way
     * is gone afterwards.
     */
    @Test
    void withoutSysAdminAfterThePinsWereLost() throws IOException, InterruptedException {
        assertThat(withoutSysAdmin("apply", "-f", chain.toString()).code()).isZero();
        List<EntryId> before = machine.list(AttachType.CGROUP_INET_EGRESS);
        Files.writeString(chain, Chains.yaml("good", machine, Chains.object(2), "first"));
        Commands.run(
                "rm",
                "-r",
                machine.bpffs()
                        .resolve("bpfchain")
                        .resolve(machine.instances().getFirst())
                        .toString());
        String refused = """
                error: change chain good: the pins of its programs are gone, so those that are attached cannot be told from others, \
                replaced or detached
                  Run the command once as root with CAP_SYS_ADMIN: then they are found by id and pinned again. Or remove its cgroups, \
                which detaches them.
                Nothing was changed.
                """;

        assertThat(withoutSysAdmin("apply", "-f", chain.toString())).isEqualTo(new UserInstallation.Ended(3, refused));
        assertThat(withoutSysAdmin("delete", "chain", "good"))
                .isEqualTo(new UserInstallation.Ended(3, refused.replace("change chain", "delete chain")));
        assertThat(machine.list(AttachType.CGROUP_INET_EGRESS)).isEqualTo(before);
        assertThat(machine.instances()).isEmpty();

        assertThat(run(0)).isEqualTo("warning: The pins of chain good were lost; its programs are pinned again.\n");
        assertThat(machine.list(AttachType.CGROUP_INET_EGRESS)).hasSize(1).doesNotContainAnyElementsOf(before);
        assertThat(withoutSysAdmin("delete", "chain", "good").code()).isZero();
        assertThat(machine.list(AttachType.CGROUP_INET_EGRESS)).isEmpty();
    }

    private UserInstallation.Ended withoutSysAdmin(String... arguments) throws IOException, InterruptedException {
        String[] all = Stream.concat(
                        Stream.of(arguments),
                        Stream.of(
                                "--state-dir",
                                machine.state().toString(),
                                "--bpffs",
                                machine.bpffs().toString()))
                .toArray(String[]::new);
        Process process = new ProcessBuilder(
                        TestJvm.command(List.of("setpriv", "--bounding-set", "-sys_admin"), Main.class, all))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String message = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new UserInstallation.Ended(process.waitFor(), message);
    }

    @Test
    void withAChainFileThatTheUserMayNotRead() throws IOException, InterruptedException {
        UserInstallation user = UserInstallation.make(directory);
        Commands.run("chmod", "-R", "a+rX", directory.toString());
        Commands.run("chmod", "600", chain.toString());

        UserInstallation.Ended ended = user.run("apply", "-f", chain.toString());

        assertThat(ended.code()).as(ended.message()).isEqualTo(2);
        assertThat(ended.message()).startsWith("error: " + chain + ": ").contains("ermission denied");
    }

    private void ends(int code, String message, String... options) {
        assertThat(run(code, options)).isEqualTo(message);
        assertThat(directory.resolve("state")).doesNotExist();
        assertThat(machine.list(AttachType.CGROUP_INET_EGRESS)).isEmpty();
    }

    private String run(int code, String... options) {
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "apply", "-f", chain.toString(), "--state-dir", machine.state().toString()));
        if (!List.of(options).contains("--bpffs")) {
            arguments.addAll(List.of("--bpffs", machine.bpffs().toString()));
        }
        arguments.addAll(List.of(options));
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int actual = Main.run(
                arguments,
                InputStream.nullInputStream(),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        String text = err.toString(StandardCharsets.UTF_8);
        assertThat(actual).as(text).isEqualTo(code);
        return text;
    }
}
