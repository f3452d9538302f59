package io.bpfchain.kernel.object;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerifierLogTest {
    private static final String MODERN = """
            func#0 @0
            0: R1=ctx() R10=fp0
            ; __u32 key = 0; @ f.bpf.c:80
            0: (b4) w1 = 0                        ; R1_w=0
            5: (85) call bpf_map_lookup_elem#1    ; R0=map_value_or_null(id=1,map=counters,ks=4,vs=8)
            ; return *value > 0; @ f.bpf.c:83
            6: (79) r0 = *(u64 *)(r0 +0)
            R0 invalid mem access 'map_value_or_null'
            processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
            """;

    @Test
    void findsTheErrorTheSourceLineAndTheCount() {
        VerifierLog log = VerifierLog.parse(MODERN);
        assertThat(log.error()).contains("R0 invalid mem access 'map_value_or_null'");
        assertThat(log.source()).contains("return *value > 0; @ f.bpf.c:83");
        assertThat(log.processed()).contains("7");
        assertThat(log.lastLines()).last().asString().startsWith("processed 7 insns");
    }

    @Test
    void takesTheFirstLineThatIsNoTrace() {
        VerifierLog log = VerifierLog.parse("0: (95) exit\nR0 !read_ok\nsomething that follows\n");
        assertThat(log.error()).contains("R0 !read_ok");
        assertThat(log.source()).isEmpty();
    }

    @Test
    void saysNothingAboutAnEmptyLog() {
        VerifierLog log = VerifierLog.parse("");
        assertThat(log.error()).isEmpty();
        assertThat(log.lastLines()).isEmpty();
    }

    @Test
    void namesMapsFromTheEndBackwards() {
        assertThat(VerifierLog.parse(MODERN).mapsMentioned()).containsExactly("counters");
    }
}
