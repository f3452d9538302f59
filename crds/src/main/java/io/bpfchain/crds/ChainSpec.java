package io.bpfchain.crds;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An ordered list of BPF programs for one attach type on some cgroups. */
public record ChainSpec(
        String attachType,
        CgroupSpec cgroup,
        @Nullable Integer priority,
        List<ObjectSpec> objects,
        List<ProgramSpec> programs,
        @Nullable UpdateSpec update) {}
