package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.engine.Chains;
import io.bpfchain.agent.engine.TestHost;
import io.bpfchain.agent.source.TestHttps;
import io.bpfchain.agent.state.Digests;
import io.bpfchain.kernel.ForeignPrograms;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.kernel.testing.TestJvm;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                "error: " + directory
                        + " is not on a BPF file system.\n  Name a directory on one, or mount one on an empty directory of the"
                        + " host: mount -t bpf bpf DIRECTORY\n",
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

    /** Below another root the chain's cgroup cannot be found, which is no reason to take it for gone and to forget what is attached. */
    @Test
    void withAnotherCgroupRootThanTheChainWasAppliedWith() {
        run(0);
        List<EntryId> before = machine.list(AttachType.CGROUP_INET_EGRESS);
        String elsewhere = machine.cgroup().child("elsewhere").directory().toString();
        String refusal = """
                error: look for the cgroups of chain good below %s: it was applied with the cgroup root %s, and what is missing here \
                is not gone there
                  Use the same --cgroup-root for all chains of a state directory (%s); chains below another one need a --state-dir \
                and --bpffs of their own.
                """.formatted(elsewhere, TestCgroup.mount(), machine.state());

        for (List<String> command :
                List.of(List.of("delete", "chain", "good"), List.of("plan", "-f", chain.toString()))) {
            assertThat(command(3, command, "--cgroup-root", elsewhere)).isEqualTo(refusal + "Nothing was changed.\n");
        }
        assertThat(command(3, List.of("get", "chains"), "--cgroup-root", elsewhere))
                .isEqualTo(refusal);
        assertThat(machine.list(AttachType.CGROUP_INET_EGRESS))
                .isEqualTo(before)
                .isNotEmpty();
        assertThat(command(0, List.of("delete", "chain", "good"), "--cgroup-root", TestCgroup.mount() + "/."))
                .isEmpty();
        assertThat(machine.list(AttachType.CGROUP_INET_EGRESS)).isEmpty();
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

    /** The list's most is 63: with 63 of somebody else's there is no room, and at 64 nothing could be replaced any more. */
    @ParameterizedTest
    @ValueSource(ints = {63, 64})
    void leavesAFullListAlone(int entries) {
        try (ForeignPrograms foreign = new ForeignPrograms(AttachType.CGROUP_INET_EGRESS)) {
            for (int i = 0; i < entries; i++) {
                foreign.multi(machine.cgroup());
            }
            List<EntryId> before = machine.list(AttachType.CGROUP_INET_EGRESS);
            assertThat(before).hasSize(entries);
            assertThat(run(3)).isEqualTo("""
                    error: the list of %s [cgroup_inet_egress] would hold %d entries, 1 wanted and %d that bpfchain does not \
                    change; with more than 63 nothing can be replaced any more
                      Take programs out of the chains of this hook, or ask the owners of the others to detach theirs.
                    Nothing was changed.
                    """.formatted(machine.cgroup().path(), entries + 1, entries));
            assertThat(machine.list(AttachType.CGROUP_INET_EGRESS)).isEqualTo(before);
            nothingIsKept();
        }
    }

    /** It goes away while the helper loads the object: after everything was decided, and before anything is attached. */
    @Test
    void withACgroupThatIsRemovedWhileTheChainIsBeingApplied() throws IOException, InterruptedException {
        Path real = Path.of(System.getProperty("bpfchain.native.dir")).toAbsolutePath();
        Path helper = directory.resolve("native");
        Commands.run("cp", "-r", real.toString(), helper.toString());
        Path once = directory.resolve("once");
        Files.writeString(helper.resolve("bpfchain-elf"), """
                #!/bin/sh
                # It looks into the object first, and loads it when it is called again.
                if [ -e %1$s ]; then rmdir %2$s; else : >%1$s; fi
                exec %3$s
                """.formatted(
                        once, machine.cgroup().directory(), real.resolve("bpfchain-elf")));
        List<String> command = TestJvm.command(
                List.of(),
                Main.class,
                "apply",
                "-f",
                chain.toString(),
                "--state-dir",
                machine.state().toString(),
                "--bpffs",
                machine.bpffs().toString());
        List<String> changed = command.stream()
                .map(a -> a.startsWith("-Dbpfchain.native.dir=") ? "-Dbpfchain.native.dir=" + helper : a)
                .toList();

        UserInstallation.Ended ended = ended(changed);

        assertThat(machine.cgroup().directory()).doesNotExist();
        assertThat(ended)
                .isEqualTo(
                        new UserInstallation.Ended(
                                3,
                                "error: attach chain good to "
                                        + machine.cgroup().path()
                                        + ": the cgroup was removed while the chain was being prepared\n"
                                        + "  Apply again when it is there, or correct spec.cgroup.path.\nNothing was changed.\n"));
        nothingIsKept();
    }

    /** Who serves objects with a certificate of the company's own names its authority as for curl. */
    @Test
    void withAServerWhoseAuthorityTheMachineDoesNotTrust() throws IOException, InterruptedException {
        try (TestHttps server = TestHttps.start(directory)) {
            server.serve("/good.o", Chains.object(1));
            String file = "file: {path: " + Chains.object(1) + "}";
            String url = "url: {url: \"" + server.url("/good.o") + "\", sha256: \""
                    + Digests.of(Chains.object(1)).substring("sha256:".length()) + "\"}";
            Files.writeString(chain, Files.readString(chain).replace(file, url));

            UserInstallation.Ended refused = applyTrusting("/etc/ssl/certs/ca-certificates.crt");
            assertThat(refused.code()).as(refused.message()).isEqualTo(3);
            assertThat(refused.message())
                    .startsWith("error: " + chain + ":9: chain good: spec.objects[0].source: fetch "
                            + server.url("/good.o") + ": TLS failed: ")
                    .endsWith(
                            "  Serve a certificate for this host that an authority of the machine has signed, or name the"
                                    + " file of its authority in SSL_CERT_FILE.\nNothing was changed.\n");
            nothingIsKept();

            assertThat(applyTrusting(server.authority().toString()).code()).isZero();
            assertThat(machine.list(AttachType.CGROUP_INET_EGRESS)).hasSize(1);
        }
    }

    private UserInstallation.Ended applyTrusting(String authorities) throws IOException, InterruptedException {
        return ended(TestJvm.command(
                List.of("env", "SSL_CERT_FILE=" + authorities),
                Main.class,
                "apply",
                "-f",
                chain.toString(),
                "--state-dir",
                machine.state().toString(),
                "--bpffs",
                machine.bpffs().toString()));
    }

    /** Neither a pin nor a file of the state directory that says anything. */
    private void nothingIsKept() {
        for (Path root : List.of(machine.state(), machine.bpffs())) {
            if (Files.exists(root)) {
                try (Stream<Path> files = Files.walk(root)) {
                    assertThat(files.filter(Files::isRegularFile)
                                    .filter(f -> !f.toString().endsWith(".debug"))) // the kernel's own, in every bpffs
                            .isEmpty();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
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

    /** Who only looks is told what looking needs, and nothing of writing; the history needs no more than the state directory. */
    @Test
    void withoutPrivilegesToLook() throws IOException, InterruptedException {
        run(0);
        UserInstallation user = UserInstallation.make(directory);
        Commands.run("chmod", "-R", "a+rX", directory.toString());
        for (String command : List.of(
                "tree",
                "get chains",
                "get maps good",
                "describe chain good",
                "dump map good counters",
                "plan -f " + chain)) {
            UserInstallation.Ended ended = user.run(onThisMachine(command));

            assertThat(ended.code()).as(command + ": " + ended.message()).isEqualTo(4);
            assertThat(ended.message())
                    .startsWith("error: look at this machine (pins below " + machine.bpffs() + "/bpfchain): "
                            + machine.bpffs() + "/bpfchain: EACCES (permission denied)\n")
                    .contains(
                            "  Run as root, or with what is missing here: CAP_DAC_READ_SEARCH, CAP_BPF, CAP_NET_ADMIN.\n")
                    .doesNotContain("writ");
        }
        assertThat(user.run(onThisMachine("history chain good")).code()).isZero();

        Commands.run("chmod", "700", machine.state().toString());
        assertThat(user.run(onThisMachine("history chain good")))
                .isEqualTo(new UserInstallation.Ended(
                        4,
                        "error: read " + machine.state() + "/journal-together.json: EACCES (permission denied)\n"
                                + "  Run as root, or as somebody who may read the state directory (CAP_DAC_READ_SEARCH)."
                                + " What is attached stays attached.\n"));
    }

    @Test
    void withoutThePrivilegeToReadLists() throws IOException, InterruptedException {
        run(0);

        UserInstallation.Ended tree = ended(without("-sys_admin,-net_admin", "tree"));
        UserInstallation.Ended chains = ended(without("-sys_admin,-net_admin", "get", "chains"));

        String remedy = "Run as root, or with what is missing here: CAP_NET_ADMIN.\n";
        assertThat(tree)
                .isEqualTo(new UserInstallation.Ended(
                        4,
                        "error: read which programs are attached: BPF_PROG_QUERY: EPERM; it is not permitted to look, which"
                                + " says nothing about what is there\n  " + remedy));
        assertThat(chains)
                .isEqualTo(new UserInstallation.Ended(0, "warning: What some hooks run cannot be read. " + remedy));
    }

    private String[] onThisMachine(String command) {
        return (command + " --state-dir " + machine.state() + " --bpffs " + machine.bpffs()).split(" ", -1);
    }

    private List<String> without(String capabilities, String... arguments) {
        return TestJvm.command(
                List.of("setpriv", "--bounding-set", capabilities),
                Main.class,
                onThisMachine(String.join(" ", arguments)));
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
        return ended(without("-sys_admin", arguments));
    }

    private static UserInstallation.Ended ended(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
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
        return command(code, List.of("apply", "-f", chain.toString()), options);
    }

    private String command(int code, List<String> command, String... options) {
        List<String> arguments = new java.util.ArrayList<>(command);
        arguments.addAll(List.of("--state-dir", machine.state().toString()));
        if (!List.of(options).contains("--bpffs")) {
            arguments.addAll(List.of("--bpffs", machine.bpffs().toString()));
        }
        arguments.addAll(List.of(options));
        CommandResult result = CommandResult.of(arguments);
        assertThat(result.code()).as(result.err()).isEqualTo(code);
        return result.err();
    }
}
