package io.bpfchain.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.cluster.Kubepods.Driver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Directories as kubelets make them; the file system does not matter to the search. */
class KubepodsSearchTest {
    @TempDir
    Path root;

    @ParameterizedTest
    @CsvSource({
        "kubepods.slice, SYSTEMD, kubepods",
        "kubepods, CGROUPFS, kubepods",
        "kubelet.slice/kubelet-kubepods.slice, SYSTEMD, kubelet-kubepods",
        "kubelet/kubepods, CGROUPFS, kubepods",
        "docker/0a1b2c/kubelet.slice/kubelet-kubepods.slice, SYSTEMD, kubelet-kubepods",
        "system.slice/docker-0a1b.scope/kubelet/kubepods, CGROUPFS, kubepods"
    })
    void findsTheTreeWhereverTheKubeletPutIt(String path, Driver driver, String name) throws IOException {
        make("system.slice/kubelet.service", "user.slice", path);
        assertThat(find(null)).isEqualTo(new KubepodsSearch.Result.Found(new Kubepods("/" + path, driver, name)));
    }

    @ParameterizedTest
    @CsvSource({
        "/kubelet, kubelet.slice/kubelet-kubepods.slice",
        "/kubelet, kubelet/kubepods",
        "/a/b-c, a.slice/a-b_c.slice/a-b_c-kubepods.slice",
        "/a/b-c, a/b-c/kubepods",
        "/, kubepods.slice"
    })
    void goesByTheCgroupRootOfTheKubelet(String kubelet, String path) throws IOException {
        make("other/kubepods/pod1", path);
        assertThat(find(kubelet))
                .isInstanceOfSatisfying(
                        KubepodsSearch.Result.Found.class,
                        f -> assertThat(f.kubepods().path()).isEqualTo("/" + path));
    }

    @Test
    void takesTheTreeThatHasPods() throws IOException {
        make("kubepods/burstable", "kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1_2.slice");
        assertThat(find(null))
                .isInstanceOfSatisfying(
                        KubepodsSearch.Result.Found.class,
                        f -> assertThat(f.kubepods().path()).isEqualTo("/kubepods.slice"));
    }

    @Test
    void takesTheTreeNearestToTheRoot() throws IOException {
        make("kubepods.slice", "kubepods.slice/x/kubepods/pod1", "docker/1/kubepods/pod2");
        assertThat(find(null))
                .isInstanceOfSatisfying(
                        KubepodsSearch.Result.Found.class,
                        f -> assertThat(f.kubepods().path()).isEqualTo("/kubepods.slice"));
    }

    @Test
    void refusesToChooseBetweenTreesWithPods() throws IOException {
        make("kubepods/pod1", "kubepods.slice/kubepods-pod2.slice");
        assertThat(problem(find(null))).contains("KubepodsAmbiguous", "/kubepods and /kubepods.slice have pods");
    }

    @Test
    void saysWhereItLooked() throws IOException {
        make("system.slice");
        assertThat(problem(find(null))).contains("KubepodsNotFound", "no kubepods.slice and no kubepods");
        assertThat(problem(find("/kubelet")))
                .contains("/kubelet/kubepods nor /kubelet.slice/kubelet-kubepods.slice is there");
    }

    @ParameterizedTest
    @CsvSource({
        "/kubepods.slice, /kubepods.slice/kubepods-pod1a_2b.slice",
        "/kubepods.slice, /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1a_2b.slice",
        "/x.slice/x-kubepods.slice, /x.slice/x-kubepods.slice/x-kubepods-besteffort.slice/x-kubepods-besteffort-pod1a_2b.slice",
        "/kubepods, /kubepods/pod1a-2b",
        "/kubepods, /kubepods/besteffort/pod1a-2b"
    })
    void readsThePodsUidFromItsCgroup(String tree, String pod) {
        assertThat(Kubepods.of(tree).orElseThrow().uidOf(pod)).isEqualTo("1a-2b");
    }

    private void make(String... paths) throws IOException {
        for (String path : paths) {
            Files.createDirectories(root.resolve(path));
        }
    }

    private KubepodsSearch.Result find(@org.jspecify.annotations.Nullable String kubeletRoot) {
        return new KubepodsSearch(root, Optional.ofNullable(kubeletRoot)).find();
    }

    private static String problem(KubepodsSearch.Result result) {
        return ((KubepodsSearch.Result.NotFound) result).problem().toString();
    }
}
