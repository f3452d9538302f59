package io.bpfchain.agent.cli.render;

/** Colours text for a terminal, or leaves it alone. */
public enum Paint {
    PLAIN,
    ANSI;

    /** What a text is, and so how it looks. */
    public enum Tone {
        /** As it is. */
        NORMAL(""),
        /** A name to find at a glance. */
        STRONG("1"),
        /** Good, or added. */
        GOOD("32"),
        /** Bad, or removed. */
        BAD("31"),
        /** Changed, or to be looked at. */
        NOTICE("33"),
        /** Said for completeness. */
        FAINT("2");

        private final String code;

        Tone(String code) {
            this.code = code;
        }
    }

    /** The text in a tone. */
    public String paint(Tone tone, String text) {
        return this == PLAIN || tone.code.isEmpty() || text.isEmpty()
                ? text
                : "\u001b[" + tone.code + "m" + text + "\u001b[0m";
    }
}
