package io.bpfchain.kernel.testing.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.kernel.testing.TestCgroup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The instruments themselves: without programs everything gets through, and a wrong trace is called wrong. */
class TrafficIT {
    @Test
    void sendsAsManyPacketsAsAskedFor() {
        try (TestCgroup cgroup = TestCgroup.create();
                Traffic udp = Traffic.udp(cgroup, 40_001, 0, 10_000, 0)) {
            assertThat(udp.finish()).isEqualTo(new Traffic.Sent(10_000, 0));
        }
    }

    @Test
    void comparesEveryByteOfAStream() {
        try (TestCgroup cgroup = TestCgroup.create();
                Traffic tcp = Traffic.tcp(cgroup, 7)) {
            Traffic.Streamed streamed = tcp.stopStream();
            assertThat(streamed.broken()).isFalse();
            assertThat(streamed.received()).isEqualTo(streamed.sent());
        }
    }

    @Test
    void tellsMissedDoubledAndDisorderedPacketsApart() {
        List<String> right = List.of("123", "1423");
        assertThat(new Traces(Map.of("123", 5L, "1423", 2L)).against(right))
                .isEqualTo(new Traces.Findings(7, 0, 0, 0, 0));
        assertThat(new Traces(Map.of("13", 1L)).against(right)).isEqualTo(new Traces.Findings(1, 1, 1, 0, 0));
        assertThat(new Traces(Map.of("", 1L)).against(right)).isEqualTo(new Traces.Findings(1, 1, 1, 0, 0));
        assertThat(new Traces(Map.of("1233", 1L)).against(right)).isEqualTo(new Traces.Findings(1, 1, 0, 1, 0));
        assertThat(new Traces(Map.of("132", 1L)).against(right)).isEqualTo(new Traces.Findings(1, 1, 0, 0, 1));
        assertThat(new Traces(Map.of("1322", 1L)).against(right)).isEqualTo(new Traces.Findings(1, 1, 0, 1, 1));
    }
}
