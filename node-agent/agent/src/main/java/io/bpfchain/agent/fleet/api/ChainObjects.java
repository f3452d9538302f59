package io.bpfchain.agent.fleet.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.agent.fleet.Fleet.DryRun;
import io.bpfchain.agent.fleet.Fleet.Written;
import io.bpfchain.agent.fleet.FleetChain;
import io.bpfchain.crds.CgroupProgramChain;
import io.bpfchain.crds.ChainSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The chains of a cluster: read as they came, and written field by field, each field under the name of who owns it. */
final class ChainObjects {
    private static final String PAUSE_MANAGER = "kubectl-bpfchain-pause";
    private static final ResourceDefinitionContext CHAINS = new ResourceDefinitionContext.Builder()
            .withGroup(CgroupProgramChain.GROUP)
            .withVersion(CgroupProgramChain.VERSION)
            .withKind("CgroupProgramChain")
            .withPlural("cgroupprogramchains")
            .withNamespaced(false)
            .build();

    private final KubernetesClient client;
    private final Requests requests;

    ChainObjects(KubernetesClient client, Requests requests) {
        this.client = client;
        this.requests = requests;
    }

    private MixedOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            objects() {
        return client.genericKubernetesResources(CHAINS);
    }

    List<FleetChain> all() {
        return requests.ask("list CgroupProgramChains", () -> objects().list().getItems()).stream()
                .map(FleetObjects::chain)
                .sorted(Comparator.comparing(FleetChain::name))
                .toList();
    }

    Optional<FleetChain> one(String name) {
        return requests.find(
                        "read CgroupProgramChain " + name,
                        () -> objects().withName(name).get())
                .map(FleetObjects::chain);
    }

    DryRun dryRun(String chain, ChainSpec spec) {
        try {
            return new DryRun(applied(chain, spec, false), Optional.empty());
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                return requests.ask("apply chain " + chain + " for trial", () -> {
                    throw e;
                });
            }
            return requests.ask(
                    "apply chain " + chain + " for trial",
                    () -> new DryRun(
                            applied(chain, spec, true),
                            Optional.of(e.getStatus().getMessage())));
        }
    }

    private ChainSpec applied(String chain, ChainSpec spec, boolean force) {
        CgroupProgramChain object = new CgroupProgramChain();
        object.setMetadata(new ObjectMetaBuilder().withName(chain).build());
        object.setSpec(spec);
        return client.resource(object)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager(KubernetesFleet.MANAGER)
                        .withForce(force)
                        .withDryRun(List.of("All"))
                        .build())
                .getSpec();
    }

    Written pause(FleetChain chain, boolean paused, boolean force) {
        String attempt = (paused ? "pause" : "resume") + " chain " + chain.name();
        if (paused) {
            return written(attempt, () -> pauseField(chain, Map.of("rollout", Map.of("paused", true)), force));
        }
        boolean stays = requests.ask(attempt, () -> pauseField(chain, Map.of(), false))
                .path("rollout")
                .path("paused")
                .asBoolean();
        return stays
                ? written(attempt, () -> pauseField(chain, Map.of("rollout", Map.of("paused", false)), force))
                : new Written.Done();
    }

    /** Applies what the field's manager wants of the spec, which is all that it owns; the spec afterwards. */
    private JsonNode pauseField(FleetChain chain, Map<String, Object> spec, boolean force) {
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setApiVersion(CgroupProgramChain.GROUP + "/" + CgroupProgramChain.VERSION);
        object.setKind("CgroupProgramChain");
        object.setMetadata(new ObjectMetaBuilder()
                .withName(chain.name())
                .withUid(chain.uid())
                .build());
        if (!spec.isEmpty()) {
            object.setAdditionalProperty("spec", spec);
        }
        return FleetObjects.chain(objects()
                        .resource(object)
                        .patch(new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withFieldManager(PAUSE_MANAGER)
                                .withForce(force)
                                .build()))
                .spec();
    }

    private Written written(String attempt, Supplier<?> request) {
        return requests.ask(attempt, () -> {
            try {
                var _ = request.get();
                return new Written.Done();
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
                return new Written.Conflict(e.getStatus().getMessage());
            }
        });
    }

    void replaceSpec(FleetChain chain, JsonNode spec) {
        requests.ask(
                "write CgroupProgramChain " + chain.name(),
                () -> objects()
                        .withName(chain.name())
                        .patch(
                                new PatchContext.Builder()
                                        .withPatchType(PatchType.JSON)
                                        .withFieldManager(KubernetesFleet.MANAGER)
                                        .build(),
                                FleetObjects.replacement(chain, spec)));
    }
}
