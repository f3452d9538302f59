package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.ChainStatus.HookStatus;
import io.bpfchain.agent.ListedEntry;
import io.bpfchain.agent.cli.render.ChainTables;
import io.bpfchain.agent.cli.render.Paint;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainTablesTest {
    /** "Not permitted to look" is not "differs". */
    @Test
    void saysUnknownOfAHookThatCannotBeRead() {
        HookStatus hook = new HookStatus("/a", 1, false, List.of(new ListedEntry.Unreadable("EPERM")));
        ChainStatus chain = new ChainStatus(
                "fw",
                "cgroup_inet_egress",
                "/a",
                100,
                1,
                Instant.EPOCH,
                Instant.EPOCH,
                "apply",
                "Unknown",
                List.of(),
                List.of(),
                List.of(hook),
                List.of());

        assertThat(hook.differs()).isFalse();
        assertThat(ChainTables.description(chain, Instant.EPOCH, Paint.PLAIN))
                .contains("/a (cgroup id 1): unknown\n    1. (cannot be read: EPERM)\n");
    }
}
