package io.bpfchain.agent.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.MapDump;
import io.bpfchain.agent.cgroup.CgroupWatch;
import io.bpfchain.agent.cgroup.MountedCgroups;
import io.bpfchain.agent.cgroup.NoWatch;
import io.bpfchain.agent.engine.Chains;
import io.bpfchain.agent.engine.LocalHost;
import io.bpfchain.agent.engine.TestHost;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.WatchService;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The daemon with real files, real cgroups and a real kernel; its times are shortened, its rules are not. */
class RunIT {
    private static final AttachType EGRESS = AttachType.CGROUP_INET_EGRESS;
    private static final Timing TIMING = new Timing(
            Duration.ofMillis(50),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofMillis(100),
            Duration.ofSeconds(2));

    @TempDir
    Path directory;

    private final List<Runnable> closing = new ArrayList<>();

    @BeforeEach
    void awaitLonger() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(20));
        Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
    }

    @AfterEach
    void close() {
        closing.reversed().forEach(Runnable::run);
        Awaitility.reset();
    }

    @Test
    void keepsAFolderApplied() throws IOException {
        TestHost machine = machine();
        start(machine);
        write("one.yaml", chain(machine, "one", 1, "first"));
        awaitCount(machine, 1);
        write("two.yaml", chain(machine, "two", 1, "second"));
        awaitCount(machine, 2);

        List<EntryId> before = machine.list(EGRESS);
        write("one.yaml", chain(machine, "one", 2, "first"));
        Awaitility.await().until(() -> !machine.list(EGRESS).getFirst().equals(before.getFirst()));
        assertThat(machine.list(EGRESS)).hasSize(2).endsWith(before.getLast());

        Files.delete(folder().resolve("two.yaml"));
        awaitCount(machine, 1);
        assertThat(machine.host().chains()).extracting(ChainStatus::manager).containsExactly("run:" + folder());
    }

    @Test
    void keepsTheLastValidVersionAndSaysWhatIsWrong() throws IOException {
        TestHost machine = machine();
        start(machine);
        write("one.yaml", chain(machine, "one", 1, "first"));
        awaitCount(machine, 1);
        write("one.yaml", chain(machine, "one", 1, "first") + "  colour: green\n");
        awaitStatus("unknown field \\\"spec.colour\\\"");
        awaitStatus("the last valid version stays in force");
        assertThat(machine.list(EGRESS)).hasSize(1);
        write("one.yaml", chain(machine, "one", 1, "first"));
        awaitStatus("\"errors\":[]");
    }

    /** To read a pipe would be to wait for whoever writes into it. */
    @Test
    void isNotStoppedByAPipeAmongItsFiles() throws IOException {
        TestHost machine = machine();
        Commands.run("mkfifo", folder().resolve("pipe.yaml").toString());
        start(machine);
        write("one.yaml", chain(machine, "one", 1, "first"));
        awaitCount(machine, 1);
        awaitStatus("pipe.yaml: not a regular file");
    }

    @Test
    void picksUpAChangedObjectBehindAnUnchangedFile() throws IOException {
        TestHost machine = machine();
        Path object = Files.copy(Chains.object(1), directory.resolve("main.o"));
        start(machine);
        write("one.yaml", Chains.yaml("one", machine, object, "first"));
        awaitCount(machine, 1);
        EntryId before = machine.list(EGRESS).getFirst();
        Files.copy(Chains.object(2), object, StandardCopyOption.REPLACE_EXISTING);
        Awaitility.await().until(() -> !machine.list(EGRESS).equals(List.of(before)));
        awaitCount(machine, 1);

        EntryId second = machine.list(EGRESS).getFirst();
        Files.writeString(object, "half a file");
        awaitStatus("\"subject\":\"one\"");
        assertThat(machine.list(EGRESS)).containsExactly(second);
    }

    /** After a boot nothing is attached and the file is broken: what the machine had stored goes in force again. */
    @Test
    void restoresTheStoredRevisionAfterABootWithAFileThatIsNotValid() throws IOException {
        TestHost machine = machine();
        start(machine);
        write("one.yaml", chain(machine, "one", 1, "first"));
        awaitCount(machine, 1);
        closing.removeLast().run();
        boot(machine);
        write("one.yaml", "colour: green\n");

        start(machine);
        awaitCount(machine, 1);
        awaitStatus("what it had applied before stays in force");
        assertThat(machine.host().chains())
                .extracting(ChainStatus::revision, ChainStatus::manager)
                .containsExactly(org.assertj.core.api.Assertions.tuple(1, "run:" + folder()));
    }

    /** What a boot leaves: nothing in the kernel, no pin, and journals of another boot. */
    private static void boot(TestHost machine) throws IOException {
        Commands.run(
                "bpftool",
                "cgroup",
                "detach",
                machine.cgroup().directory().toString(),
                "egress",
                "id",
                machine.list(EGRESS).getFirst().toString());
        Commands.run("sh", "-c", "rm -r " + machine.bpffs().resolve("bpfchain"));
        Path journal;
        try (var files = Files.walk(machine.state())) {
            journal = files.filter(f -> f.toString().contains("journal") && Files.isRegularFile(f))
                    .findFirst()
                    .orElseThrow();
        }
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        String text = Files.readString(journal);
        assertThat(text).contains(boot);
        Files.writeString(journal, text.replace(boot, "00000000-0000-0000-0000-000000000000"));
    }

    @Test
    void detachesNothingWhenAllFilesOrTheFolderAreGone() throws IOException {
        TestHost machine = machine();
        start(machine);
        write("one.yaml", chain(machine, "one", 1, "first"));
        write("two.yaml", chain(machine, "two", 1, "second"));
        awaitCount(machine, 2);
        Files.delete(folder().resolve("one.yaml"));
        Files.delete(folder().resolve("two.yaml"));
        awaitStatus("all chain files are gone");
        Files.delete(folder());
        awaitStatus("no such directory");
        Awaitility.await()
                .during(TIMING.grace().multipliedBy(3))
                .until(() -> machine.list(EGRESS).size() == 2);

        write("one.yaml", chain(machine, "one", 1, "first"));
        awaitCount(machine, 1); // the folder has files again, and none names the other chain
    }

    @Test
    void leavesChainsOfApplyAlone() throws IOException {
        TestHost machine = machine();
        machine.apply(chain(machine, "applied", 1, "first"));
        start(machine);
        write("two.yaml", chain(machine, "two", 1, "second"));
        awaitCount(machine, 2);
        write("three.yaml", chain(machine, "applied", 2, "first"));
        awaitStatus("was made by apply and is left alone");
        Files.delete(folder().resolve("three.yaml"));
        awaitStatus("\"errors\":[]");
        Awaitility.await()
                .during(TIMING.grace().multipliedBy(2))
                .until(() -> machine.list(EGRESS).size() == 2);
    }

    /** Also when it looks at everything again, and when cgroups come. */
    @Test
    void leavesWhatSomebodyTookOutOrOverHoweverOftenItLooks() throws IOException {
        TestHost machine = machine();
        start(machine);
        write("out.yaml", chain(machine, "out", 1, "first"));
        write("over.yaml", chain(machine, "over", 1, "second"));
        awaitCount(machine, 2);
        machine.host().delete(List.of("out"), TestHost.ANYHOW, TestHost.SILENT);
        machine.apply(chain(machine, "over", 2, "second"));
        List<EntryId> byHand = machine.list(EGRESS);

        assertThat(byHand).hasSize(1);
        Awaitility.await()
                .during(TIMING.rescan().multipliedBy(2).plus(TIMING.refresh()))
                .until(() -> machine.list(EGRESS).equals(byHand));
        awaitStatus("was taken out of this machine, and not by this daemon");
        awaitStatus("was made by apply and is left alone");

        write("out.yaml", chain(machine, "out", 2, "first"));
        awaitCount(machine, 2);
    }

    @Test
    void namesTheProcessThatKeepsTheDirectoryAlready() throws IOException, InterruptedException {
        TestHost machine = machine();
        write("one.yaml", chain(machine, "one", 1, "first"));
        Process first = RunProcess.start(machine, folder(), List.of());
        closing.add(first::destroyForcibly);
        awaitCount(machine, 1);

        Process second = new ProcessBuilder(RunProcess.command(machine, folder())).start();
        String message = new String(second.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(second.waitFor()).isEqualTo(1);
        assertThat(message)
                .isEqualTo("error: keep the files of " + folder() + " applied: process " + first.pid()
                        + " (bpfchain run) does so already\n  Stop that one first, for example with systemctl stop bpfchain"
                        + " or kill " + first.pid() + ", or give this one another directory.\n");
        first.destroy();
        first.waitFor();
        Process third = RunProcess.start(machine, folder(), List.of());
        closing.add(third::destroyForcibly);
        Awaitility.await().during(Duration.ofSeconds(2)).until(third::isAlive);
    }

    @Test
    void attachesToNewCgroupsOfAPattern() throws IOException {
        TestHost machine = machine();
        start(machine);
        write("pods.yaml", Chains.yaml("pods", machine.cgroup().path() + "/pod-*", 100, Chains.object(1), "first"));
        awaitStatus("\"chains\":1");
        List<Duration> delays = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Instant made = Instant.now();
            TestCgroup pod = machine.cgroup().child("pod-" + i);
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> machine.list(pod.cgroup(), EGRESS).size() == 1);
            delays.add(Duration.between(made, Instant.now()));
        }
        delays.sort(null);
        System.out.println("from mkdir to attached, read back: median "
                + delays.get(50).toMillis() + " ms, p99 " + delays.get(98).toMillis() + " ms");
        assertThat(machine.instances()).hasSize(1);
    }

    /** The promise is "all or nothing": a change that was refused also changes nothing for cgroups that come later. */
    @Test
    void bringsWhatRunsToNewCgroupsAndNotWhatWasRefused() throws IOException {
        TestHost machine = machine();
        String before = Chains.yaml("pods", machine.cgroup().path() + "/a-*", 100, Chains.object(1), "first");
        String after = Chains.yaml("pods", machine.cgroup().path() + "/b-*", 100, Chains.object(2), "first");
        start(machine);
        TestCgroup old = machine.cgroup().child("a-1");
        write("pods.yaml", before);
        awaitCount(machine, old, 1);
        Path broken = Files.writeString(directory.resolve("broken.o"), "no object");
        write("pods.yaml", after.replace(Chains.object(2).toString(), broken.toString()));
        awaitStatus("\"subject\":\"pods\"");

        TestCgroup early = machine.cgroup().child("b-1");
        TestCgroup late = machine.cgroup().child("a-2");

        awaitCount(machine, late, 1);
        assertThat(machine.list(late.cgroup(), EGRESS)).isEqualTo(machine.list(old.cgroup(), EGRESS));
        assertThat(machine.list(early.cgroup(), EGRESS)).isEmpty();

        write("pods.yaml", after);
        awaitCount(machine, early, 1);
        assertThat(machine.list(old.cgroup(), EGRESS)).isEmpty();
        assertThat(machine.list(late.cgroup(), EGRESS)).isEmpty();
    }

    @Test
    void bringsTheStoredRevisionToNewCgroupsWhileItsFileIsNotValid() throws IOException {
        TestHost machine = machine();
        start(machine);
        TestCgroup first = machine.cgroup().child("a-1");
        write("pods.yaml", Chains.yaml("pods", machine.cgroup().path() + "/a-*", 100, Chains.object(1), "first"));
        awaitCount(machine, first, 1);
        closing.removeLast().run();
        write("pods.yaml", "colour: green\n");
        start(machine);
        awaitStatus("what it had applied before stays in force");

        TestCgroup late = machine.cgroup().child("a-2");

        awaitCount(machine, late, 1);
    }

    @Test
    void reachesNewCgroupsThatCannotBeWatchedForAndSaysSoMeanwhile() throws IOException {
        TestHost machine = machine();
        AtomicBoolean full = new AtomicBoolean(true);
        TestCgroup unwatched = machine.cgroup().child("x-1");
        start(
                machine,
                service -> NoWatch.of(
                        new MountedCgroups(TestCgroup.mount()),
                        service,
                        d -> full.get() && d.equals(unwatched.directory())));
        write("pods.yaml", Chains.yaml("pods", machine.cgroup().path() + "/x-*/pod", 100, Chains.object(1), "first"));
        awaitStatus("fs.inotify.max_user_watches");

        awaitCount(machine, unwatched.child("pod"), 1);
        write("other.yaml", Chains.yaml("other", machine.cgroup().path() + "/y-*", 100, Chains.object(1), "first"));
        awaitStatus("\"chains\":2");
        awaitStatus("fs.inotify.max_user_watches");

        full.set(false);
        awaitStatus("\"errors\":[]");
    }

    @Test
    void repairsWhatOthersDetach() throws IOException {
        TestHost machine = machine();
        start(machine);
        write("one.yaml", chain(machine, "one", 1, "first"));
        awaitCount(machine, 1);
        Commands.run(
                "bpftool",
                "cgroup",
                "detach",
                machine.cgroup().directory().toString(),
                "egress",
                "id",
                machine.list(EGRESS).getFirst().toString());
        awaitCount(machine, 1);
    }

    /** Declared contents are exact: what others delete or add is put right, with the program untouched. */
    @Test
    void repairsTheContentsThatOthersChange() throws IOException {
        TestHost machine = machine();
        start(machine);
        write("fw.yaml", Chains.withEntries(machine, "{key: 10.0.0.0/8, value: 1}"));
        awaitCount(machine, 1);
        List<EntryId> before = machine.list(EGRESS);
        String pin = machine.host()
                .chain("fw")
                .orElseThrow()
                .maps()
                .getFirst()
                .pins()
                .getFirst();

        Commands.run("sh", "-c", "bpftool map delete pinned " + pin + " key 8 0 0 0 10 0 0 0");
        Commands.run("sh", "-c", "bpftool map update pinned " + pin + " key 16 0 0 0 192 168 0 0 value 7 0 0 0");

        Awaitility.await()
                .untilAsserted(() -> assertThat(
                                ((MapDump.Contents) machine.host().dump("fw", "blocked")).items())
                        .extracting(i -> i.key().asText())
                        .containsExactly("10.0.0.0/8"));
        assertThat(machine.list(EGRESS)).isEqualTo(before);
    }

    @Test
    void leavesEverythingAttachedAtItsEnd() throws IOException, InterruptedException {
        TestHost machine = machine();
        Thread worker = start(machine);
        write("one.yaml", chain(machine, "one", 1, "first"));
        awaitCount(machine, 1);
        List<EntryId> before = machine.list(EGRESS);
        closing.removeLast().run();
        worker.join();
        assertThat(machine.list(EGRESS)).isEqualTo(before);
        Files.delete(directory.resolve("status.json"));
        start(machine);
        awaitStatus("\"chains\":1");
        assertThat(machine.list(EGRESS)).isEqualTo(before);
    }

    @Test
    void leavesEverythingAttachedWhenItsProcessIsTerminated() throws IOException, InterruptedException {
        TestHost machine = machine();
        write("one.yaml", chain(machine, "one", 1, "first"));
        Process process = RunProcess.start(machine, folder(), List.of());
        closing.add(process::destroyForcibly);
        awaitCount(machine, 1);
        List<EntryId> before = machine.list(EGRESS);

        process.destroy(); // SIGTERM

        assertThat(process.waitFor(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(machine.list(EGRESS)).isEqualTo(before);
        assertThat(machine.host().chains()).extracting(ChainStatus::state).containsExactly("Running");
    }

    private TestHost machine() throws IOException {
        Files.createDirectories(folder());
        TestHost machine = new TestHost(directory.resolve("state"));
        closing.add(machine::close);
        return machine;
    }

    private Thread start(TestHost machine) throws IOException {
        return start(machine, service -> new CgroupWatch(new MountedCgroups(TestCgroup.mount()), service));
    }

    private Thread start(TestHost machine, Function<WatchService, CgroupWatch> watch) throws IOException {
        LocalHost host = machine.host();
        MountedCgroups cgroups = new MountedCgroups(TestCgroup.mount());
        WatchService service = FileSystems.getDefault().newWatchService();
        Daemon daemon = new Daemon(
                new RunSettings(folder(), directory.resolve("status.json"), TIMING),
                host,
                host,
                cgroups,
                service,
                watch.apply(service),
                Clock.systemUTC(),
                LoggerFactory.getLogger("run"));
        Thread worker = Thread.ofPlatform().name("daemon").start(() -> {
            try {
                daemon.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        closing.add(() -> {
            daemon.stop();
            join(worker);
        });
        return worker;
    }

    private static void join(Thread worker) {
        try {
            worker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Path folder() {
        return directory.resolve("chains");
    }

    private static String chain(TestHost machine, String name, int version, String function) {
        return Chains.yaml(name, machine, Chains.object(version), function);
    }

    /** As editors do: another file, then a rename. */
    private void write(String name, String text) throws IOException {
        Files.createDirectories(folder());
        Path unfinished = Files.writeString(folder().resolve("." + name + ".swp"), text);
        Files.move(unfinished, folder().resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void awaitCount(TestHost machine, int count) {
        Awaitility.await().until(() -> machine.list(EGRESS).size() == count);
    }

    private static void awaitCount(TestHost machine, TestCgroup cgroup, int count) {
        Awaitility.await().until(() -> machine.list(cgroup.cgroup(), EGRESS).size() == count);
    }

    private void awaitStatus(String text) {
        Path status = directory.resolve("status.json");
        Awaitility.await().untilAsserted(() -> assertThat(status).content().contains(text));
    }
}
