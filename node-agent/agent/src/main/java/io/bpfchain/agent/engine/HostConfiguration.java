package io.bpfchain.agent.engine;

import io.bpfchain.agent.cgroup.Cgroups;
import io.bpfchain.agent.commit.Checkpoint;
import io.bpfchain.agent.prepare.ObjectLoader;
import io.bpfchain.agent.source.Sources;
import io.bpfchain.kernel.Bpffs;
import io.bpfchain.planner.Capabilities;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Everything that a {@link LocalHost} works with.
 *
 * @param state the state directory
 * @param capabilities probed when first needed
 * @param lockTimeout how long a writing command waits for another writer
 * @param checkpoint told between all steps; {@link Checkpoint#NONE} but in crash tests
 */
public record HostConfiguration(
        Path state,
        Bpffs bpffs,
        Cgroups cgroups,
        Sources sources,
        ObjectLoader loader,
        Supplier<Capabilities> capabilities,
        Duration lockTimeout,
        Clock clock,
        Checkpoint checkpoint) {
    public HostConfiguration {
        Objects.requireNonNull(state);
        Objects.requireNonNull(bpffs);
        Objects.requireNonNull(cgroups);
        Objects.requireNonNull(sources);
        Objects.requireNonNull(loader);
        Objects.requireNonNull(capabilities);
        Objects.requireNonNull(lockTimeout);
        Objects.requireNonNull(clock);
        Objects.requireNonNull(checkpoint);
    }
}
