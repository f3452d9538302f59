package io.bpfchain.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HearingTest {
    private static final Instant START = Instant.EPOCH;

    private final AgentMetrics metrics = new AgentMetrics();
    private final Hearing hearing = new Hearing(Duration.ofMinutes(2), metrics, LoggerFactory.getLogger("agent"));

    private Set<String> look(int seconds, String... unheard) {
        return hearing.look(Set.of(unheard), START.plusSeconds(seconds));
    }

    @Test
    void aWatchIsLostOnlyWhenItIsAwayForLong() {
        assertThat(look(0, "pods")).isEmpty();
        assertThat(look(119, "pods")).isEmpty();
        assertThat(look(120, "pods")).containsExactly("pods");
        assertThat(look(121)).isEmpty();
    }

    @Test
    void oneThatComesBackInBetweenIsNotLost() {
        look(0, "pods");
        look(60);
        assertThat(look(130, "pods")).isEmpty();
    }

    @Test
    void eachIsWaitedForByItself() {
        look(0, "pods");
        assertThat(look(120, "pods", "namespaces")).containsExactly("pods");
    }

    @Test
    void theMetricSaysAtOnceHowManyAreAway() {
        look(0, "pods", "namespaces");
        assertThat(metrics.text()).contains("bpfchain_watches_lost 2.0");
        look(1);
        assertThat(metrics.text()).contains("bpfchain_watches_lost 0.0");
    }
}
