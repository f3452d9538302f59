package io.bpfchain.kernel.btf;

/** Ends the reading of malformed BTF; never leaves {@link Btf#parse}. */
final class MalformedBtf extends Exception {
    MalformedBtf(String reason) {
        super(reason);
    }
}
