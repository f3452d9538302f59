package io.bpfchain.crds;

import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.DATE;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/**
 * What one node shall run and runs: cluster-scoped and named like the node. The operator writes the spec, but for whether the node is to
 * be drained, which a person says; the agent of that node writes the status, nobody else anything. So an agent watches one object, and a
 * rollout costs two writes for each node.
 */
@Group(CgroupProgramChain.GROUP)
@Version(CgroupProgramChain.VERSION)
@ShortNames("cpn")
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = DATE)
@SchemaCustomizer(
        value = SchemaDetails.class,
        input = "spec=required; spec=text:What the node shall run. Written by the operator, and drain by a person.;"
                + " status=text:What the node runs. Written by the agent of the node alone.")
public class CgroupProgramNode extends CustomResource<CgroupProgramNodeSpec, CgroupProgramNodeStatus> {
    private static final long serialVersionUID = 1;

    @Override
    @JsonDeserialize(using = ReadableStatus.class)
    public void setStatus(@Nullable CgroupProgramNodeStatus status) {
        super.setStatus(status);
    }
}
