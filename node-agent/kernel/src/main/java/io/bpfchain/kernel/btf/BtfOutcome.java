package io.bpfchain.kernel.btf;

/** What came of reading BTF. */
public sealed interface BtfOutcome {
    record Parsed(Btf btf) implements BtfOutcome {}

    /**
     * The bytes are no sound BTF.
     *
     * @param reason what is wrong and where, as the rest of a sentence that begins with "the BTF"
     */
    record Invalid(String reason) implements BtfOutcome {}
}
