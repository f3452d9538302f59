package io.bpfchain.kernel;

import io.bpfchain.kernel.PinnedInstance.PinnedProgram;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Owner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of kernel programs by id: ours from their pins, the others, and ours whose pins are lost, by id where CAP_SYS_ADMIN
 * allows. Descriptors are opened when first needed and stay open. Not safe for several threads.
 */
final class OurPrograms implements AutoCloseable {
    /** Foreign programs come and go; ids are not used again while it matters, so forgetting costs only a look. */
    private static final int MOST_DESCRIBED = 4096;

    private final Bpffs bpffs;
    private final Map<EntryId, Pinned> pinned = new HashMap<>();
    private final Map<EntryId, Described> described = new HashMap<>();
    private final Map<EntryId, Fd> open = new HashMap<>();

    OurPrograms(Bpffs bpffs) {
        this.bpffs = bpffs;
    }

    private record Pinned(Path pin, Identity identity) {}

    /**
     * A program for people and planner.
     *
     * @param name the kernel's; empty where it could not be asked
     */
    record Described(String name, Owner owner) {}

    /** Reads the pins again. Descriptors that are open stay valid. */
    InstanceScan.Result rescan() throws IOException {
        InstanceScan.Result result = bpffs.scan();
        pinned.clear();
        described.clear();
        result.instances().forEach(this::add);
        return result;
    }

    void add(PinnedInstance instance) {
        for (PinnedProgram program : instance.programs()) {
            pinned.put(program.id(), new Pinned(instance.directory().resolve(program.pinName()), program.identity()));
            described.remove(program.id());
        }
    }

    void forget(EntryId id) {
        pinned.remove(id);
        described.remove(id);
        Fd fd = open.remove(id);
        if (fd != null) {
            fd.close();
        }
    }

    /** Which programs have descriptors or pins, by id. */
    Optional<Identity> pinnedIdentity(EntryId id) {
        return Optional.ofNullable(pinned.get(id)).map(Pinned::identity);
    }

    Described describe(EntryId id) {
        Described known = described.get(id);
        if (known != null) {
            return known;
        }
        Pinned ours = pinned.get(id);
        try {
            Described read = read(id, ours);
            if (described.size() >= MOST_DESCRIBED) {
                described.clear();
            }
            described.put(id, read);
            return read;
        } catch (BpfException e) {
            // Who may not look by id still knows what it pinned itself; all else counts as foreign and is never
            // touched. It is asked again the next time: the failure may pass.
            return new Described("", ours == null ? new Owner.Foreign() : owner(ours.identity()));
        }
    }

    private Described read(EntryId id, @Nullable Pinned ours) throws BpfException {
        if (ours != null) {
            return new Described(Programs.info(fd(id)).name(), owner(ours.identity()));
        }
        try (Fd fd = Programs.byId(id)) {
            ProgramInfo info = Programs.info(fd);
            return switch (IdentityMap.of(info).orElseGet(Identity.Decoded.NotOurs::new)) {
                case Identity.Decoded.Ours found -> new Described(info.name(), owner(found.identity()));
                case Identity.Decoded.NotOurs _, Identity.Decoded.Newer _, Identity.Decoded.Damaged _ ->
                    new Described(info.name(), new Owner.Foreign());
            };
        }
    }

    private static Owner owner(Identity identity) {
        return new Owner.Ours(identity.key(), identity.version(), identity.instance());
    }

    /**
     * A descriptor of a program of ours, from its pin or, when that is lost, by id.
     *
     * @throws IllegalArgumentException for a foreign program: asking for one is a bug
     */
    Fd fd(EntryId id) throws BpfException {
        Fd known = open.get(id);
        if (known != null) {
            return known;
        }
        Pinned ours = pinned.get(id);
        Fd fd = ours == null ? byId(id) : byPin(id, ours.pin());
        open.put(id, fd);
        return fd;
    }

    private static Fd byPin(EntryId id, Path pin) throws BpfException {
        Fd fd = Pins.open(pin);
        try {
            if (Programs.info(fd).id().equals(id)) {
                return fd;
            }
        } catch (BpfException e) {
            fd.close();
            throw e;
        }
        fd.close();
        return byId(id);
    }

    private static Fd byId(EntryId id) throws BpfException {
        Fd fd = Programs.byId(id);
        try {
            if (IdentityMap.of(Programs.info(fd)).orElse(null) instanceof Identity.Decoded.Ours) {
                return fd;
            }
        } catch (BpfException e) {
            fd.close();
            throw e;
        }
        fd.close();
        throw new IllegalArgumentException("program " + id + " is not ours and is never touched");
    }

    @Override
    public void close() {
        open.values().forEach(Fd::close);
        open.clear();
    }
}
