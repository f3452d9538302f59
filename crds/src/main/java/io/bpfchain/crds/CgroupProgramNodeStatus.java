package io.bpfchain.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a node runs, as its agent read it from the kernel.
 *
 * @param nodeObjectUID of the CgroupProgramNode that the report answers; with {@code assignmentsDigest} it says what the report is about
 * @param assignmentsDigest {@link CgroupProgramNodeSpec#digest} of the spec that was acted on
 * @param reportedAt RFC 3339
 * @param drainMessage null where the node is drained, and where it is not to be
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SchemaCustomizer(value = SchemaDetails.class, input = "chains=atomic; hooks=atomic; capabilities=atomic")
public record CgroupProgramNodeStatus(
        @Required @JsonPropertyDescription("The uid of the CgroupProgramNode that this answers.")
        String nodeObjectUID,

        @Required @JsonPropertyDescription("The digest of the assignments that the agent acted on.")
        String assignmentsDigest,

        @Required @PrinterColumn(name = "AGENT") @JsonPropertyDescription("The version of the agent.")
        String agentVersion,

        @Required @PrinterColumn(name = "KERNEL") @JsonPropertyDescription("The release of the kernel (uname -r).")
        String kernelRelease,

        @JsonPropertyDescription("What the kernel was found able to do, as words.")
        List<String> capabilities,

        @JsonPropertyDescription("How far each assigned chain has come.")
        List<ChainReport> chains,

        @JsonPropertyDescription("The kernel's lists at the hooks of assigned chains, in the order in which they run.")
        List<HookReport> hooks,

        @JsonPropertyDescription("How many hooks were left out of the list, to keep this object small.")
        Integer hooksOmitted,

        @JsonPropertyDescription("When the agent wrote this.")
        String reportedAt,

        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        @JsonPropertyDescription(
                "Whether the node is to be drained and nothing that this cluster assigned is in its kernel any more.")
        boolean drained,

        @Size(max = 4096)
        @JsonPropertyDescription(
                "What is left in the kernel of a node that is to be drained, and why; absent when it is drained, and when it is not to be.")
        @Nullable
        String drainMessage) {
    public CgroupProgramNodeStatus {
        Objects.requireNonNull(nodeObjectUID);
        Objects.requireNonNull(assignmentsDigest);
        Objects.requireNonNull(agentVersion);
        Objects.requireNonNull(kernelRelease);
        capabilities = List.copyOf(Objects.requireNonNullElse(capabilities, List.of()));
        chains = List.copyOf(Objects.requireNonNullElse(chains, List.of()));
        hooks = List.copyOf(Objects.requireNonNullElse(hooks, List.of()));
        hooksOmitted = Objects.requireNonNullElse(hooksOmitted, 0);
        reportedAt = Objects.requireNonNullElse(reportedAt, "");
    }

    /** Of a node that is not to be drained. */
    public CgroupProgramNodeStatus(
            String nodeObjectUID,
            String assignmentsDigest,
            String agentVersion,
            String kernelRelease,
            List<String> capabilities,
            List<ChainReport> chains,
            List<HookReport> hooks,
            Integer hooksOmitted,
            String reportedAt) {
        this(
                nodeObjectUID,
                assignmentsDigest,
                agentVersion,
                kernelRelease,
                capabilities,
                chains,
                hooks,
                hooksOmitted,
                reportedAt,
                false,
                null);
    }

    /** Whether it tells how far the node is drained, and so nothing of what the node would run otherwise. */
    public boolean tellsOfDraining() {
        return drained || drainMessage != null;
    }

    /** Whether the agent wrote it for the object with this uid, and not for one of the same name that was there before. */
    public boolean isOf(String objectUid) {
        return nodeObjectUID.equals(objectUid);
    }

    /** Whether it answers exactly this spec of that object. */
    public boolean answers(String objectUid, CgroupProgramNodeSpec spec) {
        return isOf(objectUid) && assignmentsDigest.equals(spec.digest());
    }

    /** How far an assigned chain has come on the node. */
    public enum State {
        /** Attached at every selected cgroup and read back. */
        Running,
        /** Not possible as asked; what ran before runs on. */
        Refused,
        /** Begun and not finished; the agent tries again. */
        Failed
    }

    /**
     * One assigned chain.
     *
     * @param revision that the report is about
     * @param digest that the report is about
     * @param runs digest of the content that the kernel runs now; null where none of the chain's programs are attached
     * @param cgroups at how many cgroups it is attached
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ChainReport(
            @Required @JsonPropertyDescription("The name of the chain.")
            String chain,

            @Required @JsonPropertyDescription("The number of the revision that this is about.")
            Long revision,

            @Required @JsonPropertyDescription("The digest of the revision that this is about.")
            String digest,

            @Required
            @JsonPropertyDescription(
                    "Running: attached at every selected cgroup and read back. Refused: not possible as asked; what ran before runs on."
                            + " Failed: begun and not finished; the agent tries again.")
            State state,

            @JsonPropertyDescription("The digest of the revision that the kernel runs now.") @Nullable
            String runs,

            @JsonPropertyDescription("At how many cgroups it is attached.")
            Integer cgroups,

            @JsonPropertyDescription("Why, as one CamelCase word; absent while all is well.") @Nullable
            String reason,

            @Size(max = 4096)
            @JsonPropertyDescription("Why, what to do, and for the verifier's refusals the first error.")
            @Nullable
            String message) {
        public ChainReport {
            Objects.requireNonNull(chain);
            Objects.requireNonNull(revision);
            Objects.requireNonNull(digest);
            Objects.requireNonNull(state);
            cgroups = Objects.requireNonNullElse(cgroups, 0);
        }

        /** Whether it says what became of exactly this assignment. */
        public boolean isAbout(Assignment assignment) {
            return chain.equals(assignment.chain())
                    && revision == assignment.revision()
                    && digest.equals(assignment.digest());
        }
    }

    /** The kernel's list at one hook. */
    @SchemaCustomizer(value = SchemaDetails.class, input = "entries=atomic")
    public record HookReport(
            @Required @JsonPropertyDescription("The path of the cgroup below the node's cgroup2 root.")
            String cgroup,

            @Required @JsonPropertyDescription("The attach type, by bpftool's name.")
            String attachType,

            @JsonPropertyDescription("The list, in the order in which it runs.")
            List<EntryReport> entries) {
        public HookReport {
            Objects.requireNonNull(cgroup);
            Objects.requireNonNull(attachType);
            entries = List.copyOf(Objects.requireNonNullElse(entries, List.of()));
        }
    }

    /**
     * One entry of a list.
     *
     * @param program {@code chain/program}; null for a foreign one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record EntryReport(
            @Required @JsonPropertyDescription("The id of the program in the kernel.")
            Long id,

            @JsonPropertyDescription("chain/program; absent where it is not ours.") @Nullable
            String program,

            @JsonPropertyDescription("The name that a foreign program has in the kernel.") @Nullable
            String foreign) {
        public EntryReport {
            Objects.requireNonNull(id);
        }
    }
}
