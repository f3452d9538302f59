package io.bpfchain.planner;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Hooks as text. {@code A1} is entry A of chain c in version A1, {@code t:A1} the same of chain t, a small letter a foreign program;
 * {@code ~} behind it: held by a link, {@code ?}: nobody knows. Ids count from 1.
 */
final class HookText {
    static final Hook HOOK = new Hook(new Cgroup(7, "/web"), AttachType.CGROUP_INET_EGRESS);
    static final Capabilities POSITIONS = new Capabilities(new Support.Supported(), new Support.Supported());
    static final Capabilities NO_POSITIONS = new Capabilities(new Support.Supported(), new Support.Unsupported());
    static final Capabilities NOTHING = new Capabilities(new Support.Unsupported(), new Support.Unsupported());

    private HookText() {}

    static ObservedHook observed(String list) {
        return observed(ListMode.MULTI, list, new ObservedHook.Above.Nothing());
    }

    static ObservedHook observed(ListMode mode, String list, ObservedHook.Above above) {
        return observed(HOOK, 1, mode, list, above);
    }

    static ObservedHook observed(Hook hook, int firstId, ListMode mode, String list, ObservedHook.Above above) {
        return new ObservedHook(hook, mode, entries(firstId, list), OptionalLong.of(1), above);
    }

    static List<Entry> entries(int firstId, String list) {
        List<Entry> entries = new ArrayList<>();
        for (String word : words(list)) {
            Holder holder = word.endsWith("~") ? Holder.LINK : word.endsWith("?") ? Holder.UNKNOWN : Holder.PROGRAM;
            String text = word.replaceAll("[~?]", "");
            boolean foreign = text.length() == 1;
            entries.add(new Entry(
                    new EntryId(firstId + entries.size()),
                    text,
                    holder,
                    foreign
                            ? new Owner.Foreign()
                            : new Owner.Ours(
                                    entry(text, "c").key(), entry(text, "c").version(), "i")));
        }
        return entries;
    }

    static DesiredHook desired(DesiredChain... chains) {
        return new DesiredHook(HOOK, List.of(chains), Set.of());
    }

    static DesiredHook retired(String... chains) {
        return new DesiredHook(HOOK, List.of(), Set.of(chains));
    }

    /** Chain c with priority 10. */
    static DesiredHook wanted(OnUnsafe onUnsafe, String entries) {
        return desired(chain("c", 10, onUnsafe, entries));
    }

    static DesiredChain chain(String name, int priority, OnUnsafe onUnsafe, String entries) {
        return new DesiredChain(
                name,
                priority,
                onUnsafe,
                words(entries).stream().map(w -> entry(w, name)).toList());
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : Arrays.asList(text.strip().split("\\s+"));
    }

    private static DesiredEntry entry(String text, String chain) {
        int colon = text.indexOf(':');
        String name = text.substring(colon + 1, text.length() - 1);
        String in = colon < 0 ? chain : text.substring(0, colon);
        return new DesiredEntry(new EntryKey(in, name), new Version(text.substring(colon + 1)));
    }
}
