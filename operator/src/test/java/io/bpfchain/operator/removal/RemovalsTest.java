package io.bpfchain.operator.removal;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.operator.removal.Candidate.ChainGone;
import io.bpfchain.operator.removal.Candidate.Live;
import io.bpfchain.operator.removal.Candidate.NodeDeselected;
import io.bpfchain.operator.removal.Guards.Crd;
import io.bpfchain.operator.removal.RemovalDecision.Pair;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RemovalsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Instant DUE = NOW.minus(Removals.DELETION_DELAY);
    private static final Crd CRD = new Crd("uid-1", true, false);
    private static final Guards GOOD = new Guards(true, Optional.of(CRD), Optional.of("uid-1"));
    private static final Set<Pair> FLEET = Set.of(
            new Pair("one", "n1"),
            new Pair("one", "n2"),
            new Pair("two", "n1"),
            new Pair("two", "n2"),
            new Pair("three", "n1"));

    private static Candidate gone(String chain) {
        return new ChainGone(chain, DUE, Live.NotFound);
    }

    private static RemovalDecision decide(Guards guards, Candidate... candidates) {
        return Removals.decide(FLEET, List.of(candidates), guards, Optional.empty(), NOW);
    }

    @Test
    void aChainThatIsProvenGoneGoes() {
        assertThat(decide(GOOD, gone("one")).remove())
                .containsExactlyInAnyOrder(new Pair("one", "n1"), new Pair("one", "n2"));
    }

    @Test
    void nothingGoesBeforeTheDeletionDelayIsOver() {
        RemovalDecision decision = decide(GOOD, new ChainGone("one", DUE.plusMillis(1), Live.NotFound));

        assertThat(decision.remove()).isEmpty();
        assertThat(decision.kept()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = Live.class, names = "NotFound", mode = EnumSource.Mode.EXCLUDE)
    void anythingButANotFoundOfThisChainKeepsIt(Live live) {
        RemovalDecision decision = decide(GOOD, new ChainGone("one", DUE, live));

        assertThat(decision.remove()).isEmpty();
        assertThat(decision.kept()).singleElement().extracting("chain").isEqualTo("one");
    }

    static Stream<Arguments> badGuards() {
        Optional<String> recorded = Optional.of("uid-1");
        return Stream.of(
                Arguments.of(new Guards(false, Optional.of(CRD), recorded), "not everything has been listed"),
                Arguments.of(new Guards(true, Optional.empty(), recorded), "missing or cannot be read"),
                Arguments.of(new Guards(true, Optional.of(new Crd("uid-1", true, true)), recorded), "being deleted"),
                Arguments.of(
                        new Guards(true, Optional.of(new Crd("uid-1", false, false)), recorded), "not Established"));
    }

    @ParameterizedTest
    @MethodSource("badGuards")
    void everyGuardAloneKeepsEverything(Guards guards, String why) {
        RemovalDecision decision = decide(guards, gone("one"), new NodeDeselected("two", "n1", DUE));

        assertThat(decision.remove()).isEmpty();
        assertThat(decision.kept())
                .hasSize(2)
                .allSatisfy(k -> assertThat(k.why()).contains(why));
        assertThat(guards.uidToRecord(0)).isEmpty();
    }

    @Test
    void anotherCustomResourceDefinitionHoldsEvenOneChainUntilItIsConfirmed() {
        Guards another = new Guards(true, Optional.of(CRD), Optional.of("uid-0"));
        Guards unknown = new Guards(true, Optional.of(CRD), Optional.empty());

        for (Guards guards : List.of(another, unknown)) {
            RemovalDecision decision = decide(guards, gone("one"));
            assertThat(decision.remove()).isEmpty();
            String token = decision.held().orElseThrow().token();
            assertThat(Removals.decide(FLEET, List.of(gone("one")), guards, Optional.of(token), NOW)
                            .remove())
                    .hasSize(2);
        }
    }

    @Test
    void theUidIsRecordedWhenEveryAssignedChainIsThere() {
        Guards another = new Guards(true, Optional.of(CRD), Optional.of("uid-0"));

        assertThat(another.uidToRecord(1)).isEmpty();
        assertThat(another.uidToRecord(0)).contains("uid-1");
        assertThat(GOOD.uidToRecord(0)).as("it is recorded already").isEmpty();
    }

    @Test
    void aMassRemovalIsHeldUntilExactlyItIsConfirmed() {
        List<Candidate> both = List.of(gone("one"), gone("two"));

        RemovalDecision decision = Removals.decide(FLEET, both, GOOD, Optional.empty(), NOW);
        assertThat(decision.remove()).isEmpty();
        RemovalDecision.Held held = decision.held().orElseThrow();
        assertThat(held.chains()).containsExactly("one", "two");
        assertThat(held.assignments()).isEqualTo(4);

        Optional<String> token = Optional.of(held.token());
        assertThat(Removals.decide(FLEET, both, GOOD, token, NOW).remove()).hasSize(4);
        List<Candidate> three = List.of(gone("one"), gone("two"), gone("three"));
        assertThat(Removals.decide(FLEET, three, GOOD, token, NOW).remove())
                .as("a confirmation of less")
                .isEmpty();
    }

    @Test
    void twoChainsWithLessThanHalfOfAllAssignmentsGoWithoutAQuestion() {
        Set<Pair> large = Stream.concat(
                        FLEET.stream(), Stream.of("n1", "n2", "n3", "n4").map(n -> new Pair("four", n)))
                .collect(Collectors.toSet());

        assertThat(Removals.decide(large, List.of(gone("one"), gone("three")), GOOD, Optional.empty(), NOW)
                        .remove())
                .hasSize(3);
    }

    @Test
    void oneChainGoesHoweverLargeItsShareIs() {
        Set<Pair> single = Set.of(new Pair("one", "n1"), new Pair("one", "n2"));

        assertThat(Removals.decide(single, List.of(gone("one")), GOOD, Optional.empty(), NOW)
                        .remove())
                .hasSize(2);
    }

    @Test
    void aDeselectedNodeLosesOnlyTheAssignmentThatItHas() {
        assertThat(decide(GOOD, new NodeDeselected("one", "n2", DUE), new NodeDeselected("three", "n2", DUE))
                        .remove())
                .containsExactly(new Pair("one", "n2"));
    }
}
