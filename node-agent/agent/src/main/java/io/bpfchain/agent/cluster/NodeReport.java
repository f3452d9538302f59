package io.bpfchain.agent.cluster;

import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.ListedEntry;
import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.CgroupProgramNodeStatus;
import io.bpfchain.crds.CgroupProgramNodeStatus.ChainReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.EntryReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.HookReport;
import io.bpfchain.crds.CgroupProgramNodeStatus.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the node's object is told: how far each assigned chain has come, and what the kernel's lists are. Rebuilt from scratch each time.
 * Pure.
 */
public final class NodeReport {
    /** Characters of messages and entries together, so that a status with the other fields of 64 chains stays under 64 KiB. */
    private static final int ROOM = 44_000;

    /** As much as messages may take of it, all together and each. */
    private static final int ROOM_OF_MESSAGES = 20_000;

    private static final int SHORTEST_MESSAGE = 80;

    /** About what an entry takes, and a hook without its entries. */
    private static final int ENTRY = 110;

    private NodeReport() {}

    /**
     * What does not change while the process runs.
     *
     * @param capabilities of the kernel, as words
     * @param abilities of the agent: the words that an assignment may require
     */
    public record Agent(String version, String kernelRelease, List<String> capabilities, Set<String> abilities) {
        public Agent {
            capabilities = List.copyOf(capabilities);
            abilities = Set.copyOf(abilities);
        }
    }

    /** The report on what was remembered last. */
    static CgroupProgramNodeStatus of(
            Agent agent,
            NodeMemory memory,
            Map<String, Kept> kept,
            Map<String, Verdict.Unwell> stuck,
            List<ChainStatus> statuses,
            Draining draining,
            Instant now) {
        Map<String, ChainStatus> byName = new HashMap<>();
        statuses.stream().filter(s -> s.manager().equals(memory.manager())).forEach(s -> byName.put(s.name(), s));
        List<ChainReport> chains = new ArrayList<>();
        new TreeMap<>(kept).forEach((name, chain) -> {
            if (!(chain.verdict() instanceof Verdict.Pending)) {
                chains.add(chain(chain, Optional.ofNullable(byName.get(name))));
            }
        });
        memory.leaving().stream()
                .filter(stuck::containsKey)
                .forEach(name -> chains.add(leaving(
                        Objects.requireNonNull(memory.assigned().get(name)),
                        Objects.requireNonNull(stuck.get(name)),
                        Optional.ofNullable(byName.get(name)))));
        List<ChainReport> told = shortened(chains);
        int room = ROOM - told.stream().mapToInt(NodeReport::message).sum();
        List<HookReport> all = hooks(byName.values().stream().toList());
        List<HookReport> hooks = new ArrayList<>();
        for (HookReport hook : all) {
            room -= ENTRY * (1 + hook.entries().size());
            if (room >= 0) {
                hooks.add(hook);
            }
        }
        return new CgroupProgramNodeStatus(
                memory.objectUid(),
                memory.spec().digest(),
                agent.version(),
                agent.kernelRelease(),
                agent.capabilities(),
                told,
                hooks,
                all.size() - hooks.size(),
                now.toString(),
                draining instanceof Draining.Done,
                draining instanceof Draining.Left(String message) ? message : null);
    }

    private static int message(ChainReport chain) {
        return chain.message() == null ? 0 : chain.message().length();
    }

    /** Those that have a message share the room for messages. */
    private static List<ChainReport> shortened(List<ChainReport> chains) {
        long many = chains.stream().filter(c -> message(c) > 0).count();
        int longest = Math.clamp(ROOM_OF_MESSAGES / Math.max(1, many), SHORTEST_MESSAGE, Applying.LONGEST);
        return chains.stream()
                .map(c -> message(c) <= longest ? c : withMessage(c, shortened(c.message(), longest)))
                .toList();
    }

    private static String shortened(@Nullable String message, int longest) {
        return Objects.requireNonNull(message).substring(0, longest - 3) + "...";
    }

    private static ChainReport withMessage(ChainReport c, String message) {
        return new ChainReport(
                c.chain(), c.revision(), c.digest(), c.state(), c.runs(), c.cgroups(), c.reason(), message);
    }

    /** Whether two reports differ in more than the time. */
    static boolean isNews(CgroupProgramNodeStatus report, @Nullable CgroupProgramNodeStatus last) {
        return last == null || !report.equals(at(last, report.reportedAt()));
    }

    private static CgroupProgramNodeStatus at(CgroupProgramNodeStatus s, String time) {
        return new CgroupProgramNodeStatus(
                s.nodeObjectUID(),
                s.assignmentsDigest(),
                s.agentVersion(),
                s.kernelRelease(),
                s.capabilities(),
                s.chains(),
                s.hooks(),
                s.hooksOmitted(),
                time,
                s.drained(),
                s.drainMessage());
    }

    private static ChainReport chain(Kept chain, Optional<ChainStatus> status) {
        Verdict.@Nullable Unwell why = chain.verdict() instanceof Verdict.Unwell unwell ? unwell : drift(chain, status);
        int cgroups = status.map(s -> s.hooks().size()).orElse(0);
        return new ChainReport(
                chain.wanted().chain(),
                chain.wanted().revision(),
                chain.wanted().digest(),
                why == null ? State.Running : why instanceof Verdict.Refused ? State.Refused : State.Failed,
                cgroups == 0 && why != null
                        ? null
                        : chain.good().map(Kept.Good::digest).orElse(null),
                cgroups,
                why == null ? null : why.reason(),
                why == null ? null : why.message());
    }

    /** A chain that is to be taken out and is still there. */
    private static ChainReport leaving(Assignment assignment, Verdict.Unwell why, Optional<ChainStatus> status) {
        return new ChainReport(
                assignment.chain(),
                assignment.revision(),
                assignment.digest(),
                State.Failed,
                null,
                status.map(s -> s.hooks().size()).orElse(0),
                why.reason(),
                why.message());
    }

    private static Verdict.@Nullable Unwell drift(Kept chain, Optional<ChainStatus> status) {
        String state = status.map(ChainStatus::state).orElse("Missing");
        boolean nowhere = status.map(s -> s.hooks().isEmpty()).orElse(false);
        if (state.equals("Unknown")) {
            return new Verdict.Failed(
                    "HookUnreadable",
                    "it cannot be told what the hooks of chain "
                            + chain.wanted().chain() + " run: "
                            + status.stream()
                                    .flatMap(s -> s.hooks().stream())
                                    .filter(ChainStatus.HookStatus::unreadable)
                                    .findFirst()
                                    .map(h -> h.cgroup() + ": " + h.runs().getFirst())
                                    .orElse(state)
                            + ". What is attached stays. See that nothing keeps the agent from querying cgroups.");
        }
        return state.equals("Running") || nowhere
                ? null
                : new Verdict.Failed(
                        "Drifted",
                        "the kernel does not run chain " + chain.wanted().chain() + " as it shall (" + state
                                + "): somebody else changed it. The agent repairs it.");
    }

    private static List<HookReport> hooks(List<ChainStatus> statuses) {
        Map<String, HookReport> hooks = new LinkedHashMap<>();
        statuses.stream()
                .sorted(Comparator.comparing(ChainStatus::name))
                .forEach(chain -> chain.hooks()
                        .forEach(h -> hooks.putIfAbsent(
                                h.cgroup() + " " + chain.attachType(),
                                new HookReport(
                                        h.cgroup(),
                                        chain.attachType(),
                                        h.runs().stream()
                                                .flatMap(e -> entry(e).stream())
                                                .toList()))));
        return List.copyOf(hooks.values());
    }

    private static Optional<EntryReport> entry(ListedEntry entry) {
        return switch (entry) {
            case ListedEntry.Ours ours ->
                ours.id().isPresent()
                        ? Optional.of(new EntryReport((long) ours.id().getAsInt(), ours.name(), null))
                        : Optional.empty();
            case ListedEntry.Foreign foreign -> Optional.of(new EntryReport((long) foreign.id(), null, foreign.name()));
            case ListedEntry.Unreadable _ -> Optional.empty();
        };
    }
}
