package io.bpfchain.kernel.map;

import io.bpfchain.kernel.MapAccess;
import io.bpfchain.kernel.MapAccess.Element;
import io.bpfchain.kernel.map.EncodedEntries.EncodedEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Single changes that lead from a map's live contents to the declared ones; empty when nothing differs.
 *
 * <p>Upserts come first, so no entry that is in both contents is ever missing and none that is new waits for a removal. In an LPM trie
 * more specific prefixes are written before, and removed after, the wider ones that contain them: an exception is in force before and
 * as long as its rule. Only where the map would be full in between, as many entries as needed are removed first, or on some kernels
 * removed and written again; {@link #notes} says so.
 *
 * @param changes in the order in which they are to be made
 * @param notes whole sentences
 */
public record ContentsPlan(List<Change> changes, List<String> notes) {
    public ContentsPlan {
        changes = List.copyOf(changes);
        notes = List.copyOf(notes);
    }

    /** One system call. The arrays are not copied and must not be changed. */
    public sealed interface Change {
        byte[] key();

        /**
         * Writes an entry.
         *
         * @param value as the kernel takes it: for per-CPU maps once for every CPU
         * @param old the live value that it overwrites; empty array for a new key
         */
        record Put(byte[] key, byte[] value, byte[] old) implements Change {}

        /**
         * Removes an entry.
         *
         * @param old the live value
         */
        record Delete(byte[] key, byte[] old) implements Change {}
    }

    /**
     * Decides.
     *
     * @param live every element, with values as the kernel gives them
     * @param keysOnly the values belong to the program: keys that stay keep their live value, new ones get the declared one. The keys
     *     of an array always exist, so there nothing changes; pass false to fill a new map
     * @param valueBytes length of a value as the kernel takes it, {@link MapAccess#valueBytes}
     */
    public static ContentsPlan decide(EncodedEntries wanted, List<Element> live, boolean keysOnly, int valueBytes) {
        MapType type = MapType.of(wanted.map().type()).orElse(MapType.UNSPEC);
        return new Decision(wanted, type, live, keysOnly, valueBytes).plan();
    }

    private record Decision(EncodedEntries wanted, MapType type, List<Element> live, boolean keysOnly, int valueBytes) {
        ContentsPlan plan() {
            Map<Key, Element> present = new HashMap<>();
            live.forEach(e -> present.put(Key.of(type, e.key()), e));
            List<Change> overwrites = new ArrayList<>();
            List<Change> inserts = new ArrayList<>();
            Set<Key> declared = new HashSet<>();
            for (EncodedEntry entry : wanted.entries()) {
                declared.add(new Key(entry.key()));
                Element old = present.get(new Key(entry.key()));
                byte[] value = kernelValue(type, entry.value(), valueBytes);
                if (old == null) {
                    inserts.add(new Change.Put(entry.key(), value, new byte[0]));
                } else if (!keysOnly && !sameValue(type, old.value(), value, entry.value().length)) {
                    overwrites.add(new Change.Put(entry.key(), value, old.value()));
                }
            }
            if (type.indexed()) {
                return indexed(overwrites, declared);
            }
            List<Change> deletes = new ArrayList<>();
            live.stream()
                    .filter(e -> !declared.contains(Key.of(type, e.key())))
                    .forEach(e -> deletes.add(new Change.Delete(e.key(), e.value())));
            if (type == MapType.LPM_TRIE) {
                Comparator<Change> wider = Comparator.comparingLong(c -> Key.prefixLength(c.key()));
                overwrites.sort(wider.reversed());
                inserts.sort(wider.reversed());
                deletes.sort(wider);
            }
            return ordered(overwrites, inserts, deletes);
        }

        private ContentsPlan indexed(List<Change> overwrites, Set<Key> declared) {
            List<Change> changes = new ArrayList<>(overwrites);
            if (!keysOnly) {
                live.stream()
                        .filter(e -> !declared.contains(new Key(e.key())) && !isZero(e.value()))
                        .forEach(e -> changes.add(new Change.Put(e.key(), new byte[valueBytes], e.value())));
            }
            return new ContentsPlan(changes, List.of());
        }

        private ContentsPlan ordered(List<Change> overwrites, List<Change> inserts, List<Change> deletes) {
            long room = Integer.toUnsignedLong(wanted.map().maxEntries()) - live.size();
            List<Change> changes = new ArrayList<>();
            int early = 0;
            int rewritten = 0;
            List<Change> upserts = new ArrayList<>(overwrites);
            upserts.addAll(inserts);
            if (type == MapType.LPM_TRIE) {
                upserts.sort(Comparator.comparingLong((Change c) -> Key.prefixLength(c.key()))
                        .reversed());
            }
            for (Change change : upserts) {
                boolean grows = change instanceof Change.Put put && put.old().length == 0;
                // A full LPM trie needs a free place even to overwrite (kernel/bpf/lpm_trie.c before 6.13).
                boolean needsRoom = grows || type == MapType.LPM_TRIE;
                if (needsRoom && room <= 0 && early < deletes.size()) {
                    changes.add(deletes.get(early++));
                    room++;
                }
                rewritten += needsRoom && !grows && room <= 0 ? 1 : 0;
                changes.add(change);
                room -= grows ? 1 : 0;
            }
            changes.addAll(deletes.subList(early, deletes.size()));
            List<String> notes = new ArrayList<>();
            if (early > 0) {
                notes.add(noteOnRoom(early));
            }
            if (rewritten > 0) {
                notes.add(noteOnRewriting(rewritten));
            }
            return new ContentsPlan(changes, notes);
        }

        private String noteOnRewriting(int rewritten) {
            return "The map is full (max_entries "
                    + Integer.toUnsignedString(wanted.map().maxEntries())
                    + "), and kernels before 6.13 do not overwrite an entry of a full LPM trie: there "
                    + rewritten + (rewritten == 1 ? " entry is" : " entries are")
                    + " removed and at once written again, and for that moment missing; a larger max_entries or"
                    + " onEntriesChange: WithProgram avoids this.";
        }

        private String noteOnRoom(int early) {
            return "Old and new entries together exceed max_entries ("
                    + Integer.toUnsignedString(wanted.map().maxEntries()) + "), so "
                    + early + (early == 1 ? " entry is" : " entries are")
                    + " removed before all new ones are in; a larger"
                    + " max_entries or onEntriesChange: WithProgram avoids this.";
        }
    }

    /** Whether live contents hold exactly what is declared; for {@code keysOnly}, exactly the declared keys. */
    public static boolean exact(EncodedEntries wanted, List<Element> live, boolean keysOnly, int valueBytes) {
        return decide(wanted, live, keysOnly, valueBytes).changes().isEmpty();
    }

    /** A value as the kernel takes it: in per-CPU maps once for each CPU, each padded to 8 bytes. */
    static byte[] kernelValue(MapType type, byte[] value, int valueBytes) {
        if (!type.perCpu()) {
            return value;
        }
        byte[] all = new byte[valueBytes];
        for (int at = 0; at < valueBytes; at += stride(value.length)) {
            System.arraycopy(value, 0, all, at, value.length);
        }
        return all;
    }

    private static boolean sameValue(MapType type, byte[] live, byte[] wanted, int valueSize) {
        if (!type.perCpu()) {
            return Arrays.equals(live, wanted);
        }
        for (int at = 0; at < live.length; at += stride(valueSize)) {
            if (!Arrays.equals(live, at, at + valueSize, wanted, at, at + valueSize)) {
                return false;
            }
        }
        return true;
    }

    static int stride(int valueSize) {
        return Math.max(8, (valueSize + 7) & ~7);
    }

    private static boolean isZero(byte[] value) {
        for (byte b : value) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }
}
