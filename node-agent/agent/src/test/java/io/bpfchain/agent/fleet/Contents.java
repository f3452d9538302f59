package io.bpfchain.agent.fleet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.file.CanonicalJson;
import io.bpfchain.crds.file.ChainFiles;
import io.bpfchain.crds.file.ReadOutcome;
import io.bpfchain.crds.revision.RevisionContent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Contents of chains for tests. */
final class Contents {
    static final String A = "sha256:" + "a".repeat(64);
    static final String B = "sha256:" + "b".repeat(64);
    static final String MANIFEST = "sha256:" + "c".repeat(64);
    static final String OCI = "{oci: {image: \"registry.example/fw:1.4\"}}";
    static final String CONFIG_MAP = "{configMap: {namespace: apps, name: fw, key: o}}";

    private Contents() {}

    static ChainSpec spec(String source, String rest) {
        String yaml = """
                apiVersion: bpfchain.io/v1alpha1
                kind: CgroupProgramChain
                metadata: {name: c}
                spec:
                  attachType: cgroup_inet_egress
                  cgroup: {kubepods: {}}
                  objects:
                  - name: main
                    source: %s
                """.formatted(source) + rest.indent(2);
        if (new ChainFiles().parse("chain.yaml", yaml, Path.of("/")) instanceof ReadOutcome.Read read) {
            return read.documents().getFirst().spec();
        }
        throw new IllegalArgumentException(yaml);
    }

    static RevisionContent content(ChainSpec spec, String digest, boolean oci) {
        return new RevisionContent("c", spec, List.of(new ResolvedSource("main", null, digest, oci ? MANIFEST : null)));
    }

    static FleetChain chain(ChainSpec spec, FleetChain.Owner... owners) {
        ObjectNode tree = CanonicalJson.tree(spec);
        tree.putObject("nodeSelector").put("role", "worker");
        tree.putObject("rollout").put("maxConcurrent", "3");
        return new FleetChain("c", "uid", "1", 1, Instant.EPOCH, tree, Optional.empty(), List.of(owners));
    }
}
