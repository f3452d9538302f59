package io.bpfchain.operator.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.bpfchain.crds.CgroupProgramChain;
import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.ReadableStatus;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A CgroupProgramChain whose spec is left as it came. The API server accepts values that the spec's record refuses (a number beyond 64
 * bits in a global): read into records, one such chain would end the watch on all of them.
 */
@Group(CgroupProgramChain.GROUP)
@Version(CgroupProgramChain.VERSION)
@Kind("CgroupProgramChain")
@Plural("cgroupprogramchains")
public class ChainObject extends CustomResource<JsonNode, CgroupProgramChainStatus> {
    private static final long serialVersionUID = 1;

    @Override
    protected @Nullable JsonNode initSpec() {
        return null;
    }

    @Override
    protected @Nullable CgroupProgramChainStatus initStatus() {
        return null;
    }

    @Override
    @JsonDeserialize(using = ReadableStatus.class)
    public void setStatus(@Nullable CgroupProgramChainStatus status) {
        super.setStatus(status);
    }

    public String name() {
        return getMetadata().getName();
    }

    public String uid() {
        return getMetadata().getUid();
    }

    public long generation() {
        return Optional.ofNullable(getMetadata().getGeneration()).orElse(0L);
    }

    /** The status, where the operator has written one before. */
    public Optional<CgroupProgramChainStatus> known() {
        return Optional.ofNullable(getStatus());
    }
}
