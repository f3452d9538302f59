package io.bpfchain.planner;

import io.bpfchain.planner.testing.CgroupLists.Attach;
import io.bpfchain.planner.testing.CgroupLists.Flag;
import io.bpfchain.planner.testing.InMemoryKernel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A hook that may have come about in any way, and a wish for it: chains of several owners that were changed a little or a lot,
 * foreign programs and links in between, left-over copies of a crash, exclusive lists and ancestors, full lists.
 */
final class RandomHook {
    private static final List<String> CHAINS = List.of("a", "b", "c");
    private static final String UNMENTIONED = "d";

    private final Random random;
    private final InMemoryKernel kernel;
    private final Hook hook;
    private final Map<DesiredEntry, EntryId> shared = new HashMap<>();
    private final boolean large;
    private int links;

    private final DesiredHook desired;
    private final ObservedHook observed;
    private final Capabilities capabilities;

    RandomHook(long seed) {
        random = new Random(seed);
        kernel = random.nextBoolean() ? InMemoryKernel.withPositions() : InMemoryKernel.withoutPositions();
        hook = new Hook(kernel.cgroup("/x/y"), AttachType.CGROUP_INET_EGRESS);
        large = chance(2);
        Map<String, List<DesiredEntry>> before = new HashMap<>();
        List<String> order = new ArrayList<>(CHAINS);
        if (chance(20)) {
            Collections.shuffle(order, random);
        }
        List<DesiredEntry> running = new ArrayList<>();
        for (String chain : order) {
            List<DesiredEntry> entries = new ArrayList<>();
            int size = chance(30) ? 0 : random.nextInt(large ? 20 : 4);
            for (int i = 0; i < size; i++) {
                entries.add(entry(chain, i));
            }
            if (chance(20)) {
                Collections.shuffle(entries, random);
            }
            before.put(chain, entries);
            running.addAll(entries);
        }
        desired = wish(before);
        attachAll(running);
        surround();
        observed = observe();
        capabilities = chance(5) ? HookText.NOTHING : kernel.capabilities();
    }

    InMemoryKernel kernel() {
        return kernel;
    }

    DesiredHook desired() {
        return desired;
    }

    ObservedHook observed() {
        return observed;
    }

    Capabilities capabilities() {
        return capabilities;
    }

    /** The program that hooks share for an entry's version. */
    EntryId shared(DesiredEntry entry) {
        return shared.computeIfAbsent(entry, this::load);
    }

    /** Another load of the same version. */
    EntryId load(DesiredEntry entry) {
        return kernel.load(
                new Owner.Ours(entry.key(), entry.version(), "instance"),
                entry.key().name());
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private DesiredEntry entry(String chain, int number) {
        EntryKey key = new EntryKey(chain, "p" + number);
        return new DesiredEntry(key, new Version("sha256:" + key + "#" + random.nextInt(2)));
    }

    private DesiredHook wish(Map<String, List<DesiredEntry>> before) {
        List<DesiredChain> chains = new ArrayList<>();
        Set<String> retired = new HashSet<>();
        for (String chain : CHAINS) {
            List<DesiredEntry> entries = changed(chain, before.getOrDefault(chain, List.of()));
            if (!entries.isEmpty() && !chance(15)) {
                int priority = chance(80) ? 10 : random.nextInt(20);
                chains.add(new DesiredChain(chain, priority, onUnsafe(), entries));
            } else if (chance(70)) {
                retired.add(chain);
            }
        }
        Collections.shuffle(chains, random);
        return new DesiredHook(hook, chains, retired);
    }

    private OnUnsafe onUnsafe() {
        return chance(50) ? OnUnsafe.REFUSE : chance(50) ? OnUnsafe.ALLOW_OVERLAP : OnUnsafe.ALLOW_GAP;
    }

    private List<DesiredEntry> changed(String chain, List<DesiredEntry> before) {
        List<DesiredEntry> after = new ArrayList<>();
        for (DesiredEntry entry : before) {
            if (!chance(20)) {
                after.add(
                        chance(70)
                                ? entry
                                : entry(
                                        chain,
                                        Integer.parseInt(entry.key().name().substring(1))));
            }
        }
        for (int added = chance(50) ? 0 : random.nextInt(3); added > 0; added--) {
            after.add(random.nextInt(after.size() + 1), entry(chain, 20 + added));
        }
        if (after.size() > 1 && chance(20)) {
            Collections.swap(after, random.nextInt(after.size()), random.nextInt(after.size()));
        }
        return after;
    }

    private void attachAll(List<DesiredEntry> running) {
        if (chance(3)) {
            Flag[] exclusive = chance(50) ? new Flag[0] : new Flag[] {Flag.OVERRIDE};
            attach(kernel.load(new Owner.Foreign(), "sd_fw_egress"), exclusive);
            return;
        }
        int others = large ? random.nextInt(66) : chance(40) ? 0 : random.nextInt(4);
        int left = running.size();
        for (DesiredEntry entry : running) {
            others -= attachOthers(others / (left-- + 1) + (others > 0 && chance(30) ? 1 : 0));
            if (chance(1)) {
                kernel.lists()
                        .linkCreate(
                                "/x/y", hook.attachType(), ++links, load(entry).programId(), false);
            } else {
                attach(chance(80) ? shared(entry) : load(entry), Flag.MULTI);
            }
            if (chance(2)) {
                DesiredEntry twin = running.get(random.nextInt(running.size()));
                attach(load(chance(50) ? twin : entry(twin.key().chain(), 0)), Flag.MULTI);
            }
        }
        attachOthers(others);
    }

    private int attachOthers(int count) {
        for (int i = 0; i < count; i++) {
            EntryId foreign = kernel.load(new Owner.Foreign(), "other");
            if (chance(30)) {
                kernel.lists().linkCreate("/x/y", hook.attachType(), ++links, foreign.programId(), chance(20));
            } else if (chance(10)) {
                attach(load(entry(UNMENTIONED, random.nextInt(100))), Flag.MULTI);
            } else if (chance(20)) {
                attach(foreign, Flag.MULTI, Flag.PREORDER);
            } else {
                attach(foreign, Flag.MULTI);
            }
        }
        return count;
    }

    /** Puts something above the hook, afterwards, as another process can. */
    private void surround() {
        kernel.cgroup("/x");
        if (chance(6)) {
            Flag[][] modes = {{}, {Flag.OVERRIDE}, {Flag.MULTI}};
            int program = kernel.load(new Owner.Foreign(), "above").programId();
            kernel.lists().attach("/x", hook.attachType(), Attach.of(program, modes[random.nextInt(3)]));
        }
    }

    private void attach(EntryId program, Flag... flags) {
        kernel.lists().attach("/x/y", hook.attachType(), Attach.of(program.programId(), flags));
    }

    private ObservedHook observe() {
        ObservedHook seen = switch (kernel.observe(hook)) {
            case Kernel.Observation.Seen s -> s.hook();
            case Kernel.Observation.Failed f -> throw new IllegalStateException(f.toString());
        };
        boolean linksUnknown =
                chance(5) && seen.entries().stream().noneMatch(e -> e.ours() && e.holder() == Holder.LINK);
        return linksUnknown
                ? new ObservedHook(
                        hook,
                        seen.mode(),
                        seen.entries().stream()
                                .map(e -> new Entry(e.id(), e.programName(), Holder.UNKNOWN, e.owner()))
                                .toList(),
                        seen.revision(),
                        seen.above())
                : seen;
    }

    @Override
    public String toString() {
        return "%s\nobserved %s %s above %s\ndesired %s\nretired %s\n%s"
                .formatted(
                        hook,
                        observed.mode(),
                        observed.entries().stream()
                                .map(e -> e + ":" + e.holder())
                                .toList(),
                        observed.above(),
                        desired.chains(),
                        desired.retired(),
                        capabilities);
    }
}
