package io.bpfchain.agent.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.testing.TestCgroup;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On real cgroups: inotify on cgroup2 differs from other file systems. */
class CgroupWatchIT {
    private final TestCgroup cgroup = TestCgroup.create();
    private final WatchService service = service();
    private final CgroupWatch watch = new CgroupWatch(new MountedCgroups(TestCgroup.mount()), service);
    private final Set<String> changed = new HashSet<>();

    @AfterEach
    void close() throws IOException {
        watch.close();
        service.close();
        cgroup.close();
    }

    @Test
    void tellsOfANewCgroupOfAPattern() throws IOException {
        String pattern = cgroup.path() + "/pod-*";
        watch.watch(Set.of(pattern));
        assertThat(watch.size()).isEqualTo(2); // the mount and the test's cgroup
        make("pod-1");
        awaitChange(pattern);
    }

    @Test
    void saysNothingOfOtherCgroups() throws IOException {
        String pattern = cgroup.path() + "/pod-*";
        watch.watch(Set.of(pattern));
        make("other");
        Files.delete(cgroup.directory().resolve("other"));
        make("pod-1");
        awaitChange(pattern);
        assertThat(changed).containsExactly(pattern);
    }

    @Test
    void tellsOfAPathThatComesAgain() throws IOException {
        String path = cgroup.path() + "/a/b";
        make("a/b");
        watch.watch(Set.of(path));
        int watches = watch.size();
        for (int i = 0; i < 20; i++) {
            Files.delete(cgroup.directory().resolve("a/b"));
            Files.delete(cgroup.directory().resolve("a"));
            make("a/b");
            changed.clear();
            awaitChange(path);
        }
        Awaitility.await().untilAsserted(() -> {
            drain();
            assertThat(watch.size()).isEqualTo(watches);
        });
    }

    @Test
    void losesNoChildThatIsMadeTogetherWithItsParent() throws IOException {
        String pattern = cgroup.path() + "/*/inner";
        watch.watch(Set.of(pattern));
        for (int i = 0; i < 200; i++) {
            changed.clear();
            make("x" + i + "/inner"); // two mkdir back to back: the second event is often lost
            awaitChange(pattern);
        }
    }

    @Test
    void watchesOnlyWhereAMatchCanAppear() throws IOException {
        make("a1/deep/deeper");
        make("a2");
        make("b1");
        watch.watch(Set.of(cgroup.path() + "/a*/x"));
        assertThat(watch.size()).isEqualTo(4); // the mount, the test's cgroup, a1, a2
        watch.watch(Set.of(cgroup.path() + "/b*"));
        assertThat(watch.size()).isEqualTo(2);
        watch.watch(Set.of());
        assertThat(watch.size()).isZero();
    }

    @Test
    void keepsItsWatchesConstantWhileCgroupsComeAndGo() throws IOException {
        String pattern = cgroup.path() + "/*/inner";
        watch.watch(Set.of(pattern));
        int watches = watch.size();
        for (int i = 0; i < 300; i++) {
            Path inner = make("x/inner");
            drain();
            Files.delete(inner);
            Files.delete(inner.getParent());
            drain();
        }
        watch.rescan();
        assertThat(watch.size()).isEqualTo(watches);
        assertThat(kernelWatches()).isEqualTo(watches);
    }

    /** One directory without a watch keeps neither the others from being watched, nor anybody from knowing. */
    @Test
    void watchesTheOthersAndLooksAgainWhereOneCannotBeWatched() throws IOException {
        AtomicBoolean full = new AtomicBoolean(true);
        String pattern = cgroup.path() + "/*/inner";
        make("a");
        make("b");
        try (CgroupWatch limited =
                NoWatch.of(new MountedCgroups(TestCgroup.mount()), service, d -> full.get() && d.endsWith("a"))) {
            limited.watch(Set.of(pattern));

            assertThat(limited.size()).isEqualTo(3); // the mount, the test's cgroup, b
            assertThat(limited.trouble().orElseThrow())
                    .contains(cgroup.directory().resolve("a").toString())
                    .contains("User limit of inotify watches reached")
                    .contains("fs.inotify.max_user_watches");
            assertThat(limited.rescan()).containsExactly(pattern);

            full.set(false);
            assertThat(limited.rescan()).containsExactly(pattern);
            assertThat(limited.trouble()).isEmpty();
            assertThat(limited.size()).isEqualTo(4);
        }
    }

    /** inotify watches of this process, as the kernel counts them. */
    private static long kernelWatches() throws IOException {
        long count = 0;
        try (var descriptors = Files.list(Path.of("/proc/self/fdinfo"))) {
            for (Path info : descriptors.toList()) {
                if (Files.exists(info)) {
                    count += Files.readAllLines(info).stream()
                            .filter(l -> l.startsWith("inotify wd:"))
                            .count();
                }
            }
        }
        return count;
    }

    private Path make(String relative) throws IOException {
        return Files.createDirectories(cgroup.directory().resolve(relative));
    }

    private void awaitChange(String text) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    drain();
                    return changed.contains(text);
                });
    }

    private void drain() throws IOException {
        try {
            for (WatchKey key = service.poll(2, TimeUnit.MILLISECONDS); key != null; key = service.poll()) {
                if (watch.owns(key)) {
                    changed.addAll(watch.changed(key));
                } else {
                    key.pollEvents();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static WatchService service() {
        try {
            return FileSystems.getDefault().newWatchService();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
