package io.bpfchain.operator.cluster;

import io.bpfchain.crds.CgroupProgramNode;
import io.fabric8.kubernetes.api.model.Node;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;

/** Makes a reconciler look at an object again, from wherever something about it was learned. */
public final class Triggers {
    private final SimpleInboundEventSource<ChainObject> chains = new SimpleInboundEventSource<>("told-of-chains");
    private final SimpleInboundEventSource<Node> nodes = new SimpleInboundEventSource<>("told-of-nodes");
    private final SimpleInboundEventSource<CgroupProgramNode> objects =
            new SimpleInboundEventSource<>("told-of-objects");

    public SimpleInboundEventSource<ChainObject> chains() {
        return chains;
    }

    public SimpleInboundEventSource<Node> nodes() {
        return nodes;
    }

    public SimpleInboundEventSource<CgroupProgramNode> objects() {
        return objects;
    }

    public void chain(String name) {
        chains.propagateEvent(new ResourceID(name));
    }

    public void node(String name) {
        nodes.propagateEvent(new ResourceID(name));
    }

    /** The object of a node. */
    public void object(String node) {
        objects.propagateEvent(new ResourceID(node));
    }
}
