package io.bpfchain.agent.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bpfchain.agent.KeptRevision;
import io.bpfchain.crds.file.CanonicalJson;
import java.time.temporal.ChronoUnit;

/** A revision as a chain file. */
public final class RevisionFile {
    private RevisionFile() {}

    /** With a comment that says where it comes from. */
    public static String yaml(KeptRevision content) {
        return "# Revision " + content.revision().number() + " of chain " + content.chain() + ", "
                + content.revision().at().truncatedTo(ChronoUnit.SECONDS) + ": "
                + content.revision().cause() + ".\n" + Markup.yaml(document(content));
    }

    public static ObjectNode document(KeptRevision content) {
        ObjectNode node =
                Nodes.object().put("apiVersion", "bpfchain.io/v1alpha1").put("kind", "CgroupProgramChain");
        node.set("metadata", Nodes.object().put("name", content.chain()));
        ObjectNode spec = CanonicalJson.tree(content.spec());
        for (JsonNode object : spec.path("objects")) {
            for (String optional : new String[] {"globals", "maps"}) {
                if (object.path(optional).isEmpty()) {
                    ((ObjectNode) object).remove(optional);
                }
            }
        }
        node.set("spec", spec);
        return node;
    }
}
