package io.bpfchain.agent.fleet;

import io.bpfchain.agent.fleet.Fleet.DryRun;
import io.bpfchain.agent.fleet.NodeDiff.Wanted;
import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.Condition;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.SourceSpec.ConfigMapSource;
import io.bpfchain.crds.SourceSpec.OciSource;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.crds.revision.RevisionContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a chain would change in the cluster.
 *
 * @param wanted in words: a file, or a revision
 * @param warnings whole sentences
 */
public record FleetDiff(String chain, String wanted, List<NodeDiff> nodes, List<String> warnings) {
    public FleetDiff {
        nodes = List.copyOf(nodes);
        warnings = List.copyOf(warnings);
    }

    /** What came of comparing a chain by its name. */
    public sealed interface OfChain {
        record Found(FleetDiff diff) implements OfChain {}

        record NoSuchChain() implements OfChain {}

        /** The operator has made no revision of it, or the revision is lost. */
        record NoTarget(String why) implements OfChain {}
    }

    /** What would change if a file were applied. */
    public static FleetDiff ofFile(ChainDocument document, Fleet fleet) {
        DryRun would = fleet.dryRun(document.name(), document.spec());
        List<FleetRevision> kept = fleet.revisions(document.name());
        Optional<RevisionContent> known = fleet.chain(document.name())
                .flatMap(FleetChain::target)
                .flatMap(t -> content(kept, t))
                .filter(c -> c.spec().equals(would.spec().content()));
        List<String> warnings = new ArrayList<>();
        would.conflicts().ifPresent(c -> warnings.add("Applying it ends in a conflict unless it is forced: " + c));
        RevisionContent content = known.orElseGet(() -> {
            warnings.addAll(unresolved(would.spec()));
            return new RevisionContent(document.name(), would.spec(), List.of());
        });
        return of(content, document.origin(), would.spec().nodeSelector(), warnings, kept, fleet);
    }

    /** What changes until every node runs the target of a chain. */
    public static OfChain ofChain(String name, Fleet fleet) {
        Optional<FleetChain> found = fleet.chain(name);
        if (found.isEmpty()) {
            return new OfChain.NoSuchChain();
        }
        FleetChain chain = found.get();
        Optional<RevisionStatus> target = chain.target();
        List<FleetRevision> kept = fleet.revisions(name);
        Optional<RevisionContent> content = target.flatMap(t -> content(kept, t));
        if (content.isEmpty()) {
            return new OfChain.NoTarget(target.map(t -> "revision " + t.number() + " is not kept any more")
                    .or(() -> chain.condition("Ready").map(Condition::message))
                    .orElse("the operator has not looked at it yet"));
        }
        List<String> warnings = chain.isObserved()
                ? List.of()
                : List.of("The operator has not looked at the newest change of chain " + name + " yet.");
        Map<String, String> selector =
                chain.readSpec().map(ChainSpec::nodeSelector).orElse(Map.of());
        String wanted = "revision " + target.orElseThrow().number();
        return new OfChain.Found(of(content.get(), wanted, selector, warnings, kept, fleet));
    }

    private static FleetDiff of(
            RevisionContent content,
            String wanted,
            Map<String, String> selector,
            List<String> warnings,
            List<FleetRevision> kept,
            Fleet fleet) {
        return new FleetDiff(
                content.chain(),
                wanted,
                NodeDiff.of(new Wanted(content, selector), fleet.machines(), fleet.nodes(), kept),
                warnings);
    }

    private static Optional<RevisionContent> content(List<FleetRevision> kept, RevisionStatus revision) {
        return kept.stream().filter(r -> r.is(revision.digest())).findFirst().flatMap(FleetRevision::content);
    }

    /** Sources whose bytes nobody knows before the operator has read them. */
    private static List<String> unresolved(ChainSpec spec) {
        List<String> places = new ArrayList<>();
        for (ObjectSpec object : spec.objects()) {
            place(
                    places,
                    "object " + object.name(),
                    object.source().configMap(),
                    object.source().oci());
            for (MapSpec map : object.maps()) {
                if (map.entriesFrom() != null) {
                    place(
                            places,
                            "the entries of map " + map.name(),
                            map.entriesFrom().configMap(),
                            map.entriesFrom().oci());
                }
            }
        }
        return places;
    }

    private static void place(
            List<String> places, String what, @Nullable ConfigMapSource configMap, @Nullable OciSource oci) {
        if (configMap != null || (oci != null && oci.digest() == null)) {
            places.add("Which bytes " + what + " has is decided when it is applied: "
                    + (configMap != null ? configMap : oci) + " is read then.");
        }
    }
}
