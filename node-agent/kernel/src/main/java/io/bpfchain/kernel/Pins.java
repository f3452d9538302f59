package io.bpfchain.kernel;

import java.nio.file.Path;

/** BPF_OBJ_PIN and BPF_OBJ_GET. Needs no capability but access to the files. */
public final class Pins {
    private Pins() {}

    /** The program, map or link that is pinned there. */
    public static Fd open(Path pin) throws BpfException {
        return Fd.check("BPF_OBJ_GET", pin, Native.objGet(Native.path(pin), 0));
    }

    /** Pins; EEXIST when the path is taken, EPERM when a name has a dot. */
    public static void pin(Fd object, Path path) throws BpfException {
        BpfException.check("BPF_OBJ_PIN", object + " at " + path, Native.objPin(object.number(), Native.path(path)));
    }
}
