package io.bpfchain.agent;

import io.bpfchain.planner.Version;
import java.util.Objects;
import java.util.OptionalInt;

/** One entry of a hook's list; its text is for people. */
public sealed interface ListedEntry {
    /**
     * A program of a chain.
     *
     * @param version the whole digest
     * @param id the kernel's; empty while it is only planned
     */
    record Ours(String chain, String program, String version, OptionalInt id) implements ListedEntry {
        public Ours {
            Objects.requireNonNull(chain);
            Objects.requireNonNull(program);
            Objects.requireNonNull(version);
            Objects.requireNonNull(id);
        }

        /** {@code egress-firewall/block-metadata}. */
        public String name() {
            return chain + "/" + program;
        }

        @Override
        public String toString() {
            return name() + " (" + new Version(version).abbreviated() + ")";
        }
    }

    /**
     * Somebody else's.
     *
     * @param name the kernel's name for it, possibly empty
     */
    record Foreign(int id, String name) implements ListedEntry {
        @Override
        public String toString() {
            return "program " + id + (name.isEmpty() ? "" : " \"" + name + "\"");
        }
    }

    /**
     * Stands for a whole list that cannot be read.
     *
     * @param error the name of the error, for example {@code ENOENT}
     */
    record Unreadable(String error) implements ListedEntry {
        @Override
        public String toString() {
            return "(cannot be read: " + error + ")";
        }
    }
}
