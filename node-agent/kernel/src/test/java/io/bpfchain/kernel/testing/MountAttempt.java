package io.bpfchain.kernel.testing;

import io.bpfchain.kernel.BpffsSearch;

/** A main class for another process: asks for the usual bpffs to be mounted and prints what came of it. */
public final class MountAttempt {
    private MountAttempt() {}

    public static void main(String[] arguments) {
        System.out.println(BpffsSearch.mountUsual());
    }
}
