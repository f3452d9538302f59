package io.bpfchain.kernel.testing;

import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.Fd;
import io.bpfchain.kernel.Identity;
import io.bpfchain.kernel.IdentityMap;
import io.bpfchain.kernel.MapHandle;
import io.bpfchain.kernel.Pins;
import io.bpfchain.kernel.Programs;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Programs without a compiler: {@code r0 = 1; exit}. They let everything pass, at every attach type. */
public final class TestPrograms {
    private static final int MOV64_IMM_R0 = 0xb7;
    private static final int EXIT = 0x95;

    private TestPrograms() {}

    /** The instructions of a program that returns 1. */
    public static byte[] allow() {
        return ByteBuffer.allocate(16)
                .order(ByteOrder.nativeOrder())
                .put((byte) MOV64_IMM_R0)
                .put(4, (byte) 1)
                .put(8, (byte) EXIT)
                .array();
    }

    /** Loads one; the caller closes it. */
    public static Fd load(AttachType type, String name) {
        try {
            return Programs.load(type.programType().code(), type.code(), allow(), name);
        } catch (BpfException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its id. */
    public static EntryId id(Fd program) {
        try {
            return Programs.info(program).id();
        } catch (BpfException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An identity with plausible contents. */
    public static Identity identity(AttachType type, String chain, String program, String version, String instance) {
        return new Identity(
                "",
                chain,
                program,
                "object",
                program,
                new Version("sha256:" + version),
                instance,
                type.code(),
                "sha256:" + "0".repeat(64));
    }

    /** Loads one of ours and pins it with its identity as the only program of a new instance; returns its id. */
    public static EntryId pin(Bpffs bpffs, AttachType type, String chain, String program, String instance) {
        try {
            bpffs.createRoot();
            Path directory = Files.createDirectory(bpffs.stagingDirectory(instance));
            String pin = Bpffs.programPin(program);
            try (Fd fd = load(type, "allow");
                    MapHandle map = IdentityMap.bind(fd, identity(type, chain, program, "v-" + instance, instance))) {
                Pins.pin(fd, directory.resolve(pin));
                Pins.pin(map.fd(), directory.resolve(Bpffs.IDENTITY + pin));
                bpffs.publish(instance);
                return id(fd);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
