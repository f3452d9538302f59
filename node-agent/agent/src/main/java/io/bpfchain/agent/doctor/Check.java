package io.bpfchain.agent.doctor;

import java.util.Objects;

/**
 * One thing that was looked at.
 *
 * @param name for example {@code bpffs} or {@code CAP_BPF}
 * @param required whether bpfchain cannot work without it
 * @param found what there is, a short phrase
 * @param remedy what to do and what is lost without it, whole sentences; empty while the state is OK
 */
public record Check(String name, State state, boolean required, String found, String remedy) {
    public Check {
        Objects.requireNonNull(name);
        Objects.requireNonNull(state);
        Objects.requireNonNull(found);
        Objects.requireNonNull(remedy);
    }

    /** How it stands. */
    public enum State {
        OK,
        MISSING,
        /** Could not be found out. */
        UNKNOWN
    }

    static Check ok(String name, boolean required, String found) {
        return new Check(name, State.OK, required, found, "");
    }

    static Check missing(String name, boolean required, String found, String remedy) {
        return new Check(name, State.MISSING, required, found, remedy);
    }

    static Check unknown(String name, boolean required, String cause, String remedy) {
        return new Check(name, State.UNKNOWN, required, cause, remedy);
    }
}
