package io.bpfchain.crds;

import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type.DATE;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * The custom resource, cluster-scoped. The reader of chain files does not use it: loading the Kubernetes model classes costs a
 * command line more than everything else that it does.
 */
@Group(CgroupProgramChain.GROUP)
@Version(CgroupProgramChain.VERSION)
@ShortNames("cpc")
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = DATE)
@SchemaCustomizer(
        value = SchemaDetails.class,
        input = "spec=required; spec=text:What shall run, in which order, and on which cgroups.;"
                + " status=text:How far the chain has come. Written by the operator alone.; status=default:-1")
@ValidationRule(
        value = "self.metadata.name.matches('^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$')",
        message = ChainRules.CHAIN_NAME)
public class CgroupProgramChain extends CustomResource<ChainSpec, CgroupProgramChainStatus> {
    public static final String GROUP = "bpfchain.io";
    public static final String VERSION = "v1alpha1";

    private static final long serialVersionUID = 1;
}
