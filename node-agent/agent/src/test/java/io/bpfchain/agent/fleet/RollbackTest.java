package io.bpfchain.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.fleet.FleetChain.Owner;
import io.bpfchain.agent.fleet.Rollback.Copy;
import io.bpfchain.agent.fleet.Rollback.Decision;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.SourceSpec.ConfigMapSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RollbackTest {
    private static final String ONE = "programs: [{name: a, function: a}]\n";
    private static final String TWO = "programs: [{name: a, function: a}, {name: b, function: b}]\n";
    private static final ChainSpec OLD = Contents.spec(Contents.OCI, ONE);
    private static final ChainSpec NEW = Contents.spec(Contents.OCI, TWO);
    private static final ConfigMapSource SOURCE = new ConfigMapSource("apps", "fw", "o");

    private static Decision decide(FleetChain chain, boolean force) {
        return Rollback.decide(chain, Contents.content(OLD, Contents.A, true), s -> Optional.empty(), force);
    }

    private static Decision ofConfigMap(Map<ConfigMapSource, String> digests) {
        return Rollback.decide(
                Contents.chain(Contents.spec(Contents.CONFIG_MAP, TWO)),
                Contents.content(Contents.spec(Contents.CONFIG_MAP, ONE), Contents.A, false),
                s -> Optional.ofNullable(digests.get(s)),
                false);
    }

    @Test
    void writesWhatNodesActOnWithTheTagPinnedAndLeavesTheRest() {
        assertThat(decide(Contents.chain(NEW), false)).isInstanceOfSatisfying(Decision.Write.class, w -> {
            assertThat(w.spec().path("programs")).hasSize(1);
            assertThat(w.spec().at("/objects/0/source/oci/digest").asText()).isEqualTo(Contents.MANIFEST);
            assertThat(w.spec().at("/nodeSelector/role").asText()).isEqualTo("worker");
            assertThat(w.spec().at("/rollout/maxConcurrent").asText()).isEqualTo("3");
            assertThat(w.copies()).isEmpty();
        });
    }

    @Test
    void doesNotWriteWhatAProgramWouldWriteBackUnlessForced() {
        FleetChain chain = Contents.chain(
                NEW,
                new Owner("kubectl-client-side-apply", List.of("programs")),
                new Owner("argocd-controller", List.of("programs", "rollout")));
        assertThat(decide(chain, false))
                .isEqualTo(new Decision.Owned(List.of("argocd-controller"), List.of("objects", "programs")));
        assertThat(decide(chain, true)).isInstanceOf(Decision.Write.class);
        FleetChain elsewhere = Contents.chain(NEW, new Owner("autoscaler", List.of("rollout")));
        assertThat(decide(elsewhere, false)).isInstanceOf(Decision.Write.class);
    }

    @Test
    void refusesWhereTheRevisionDoesNotSayWhatATagWas() {
        Decision decision = Rollback.decide(
                Contents.chain(NEW), Contents.content(OLD, Contents.A, false), s -> Optional.empty(), true);
        assertThat(decision).isEqualTo(new Decision.Unpinned(List.of("object main")));
    }

    @Test
    void aConfigMapWithTheSameBytesStays() {
        assertThat(ofConfigMap(Map.of(SOURCE, Contents.A))).isInstanceOfSatisfying(Decision.Write.class, w -> {
            assertThat(w.spec().at("/objects/0/source/configMap/name").asText()).isEqualTo("fw");
            assertThat(w.copies()).isEmpty();
        });
    }

    @Test
    void aConfigMapWithOtherBytesIsReplacedByACopyOfTheOldOnes() {
        ConfigMapSource copy = new ConfigMapSource("apps", "fw-aaaaaaaaaa", "o");
        assertThat(ofConfigMap(Map.of(SOURCE, Contents.B))).isInstanceOfSatisfying(Decision.Write.class, w -> {
            assertThat(w.spec().at("/objects/0/source/configMap/name").asText()).isEqualTo("fw-aaaaaaaaaa");
            assertThat(w.copies()).containsExactly(new Copy(copy, Contents.A));
        });
        assertThat(ofConfigMap(Map.of(copy, Contents.A)))
                .isInstanceOfSatisfying(
                        Decision.Write.class, w -> assertThat(w.copies()).isEmpty());
    }

    @Test
    void theSameAgainIsNothing() {
        Decision.Write first = (Decision.Write) decide(Contents.chain(NEW), false);
        FleetChain after = new FleetChain("c", "uid", "2", 2, Instant.EPOCH, first.spec(), Optional.empty(), List.of());
        assertThat(decide(after, false)).isEqualTo(new Decision.Nothing());
    }
}
