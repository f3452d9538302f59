package io.bpfchain.kernel;

import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.kernel.testing.TestPrograms;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Somebody else who attaches programs of one type, in every way that the kernel has. Closing gives up links and descriptors. */
public final class ForeignPrograms implements AutoCloseable {
    private final AttachType type;
    private final List<Fd> open = new ArrayList<>();

    public ForeignPrograms(AttachType type) {
        this.type = type;
    }

    /** Appends a program of its own to a list in MULTI mode. */
    public EntryId multi(TestCgroup cgroup) {
        return attach(cgroup, Lists.ALLOW_MULTI, -1);
    }

    /** Attaches with flags 0, as systemd does on ordinary units: the list is exclusive from then on. */
    public EntryId exclusive(TestCgroup cgroup) {
        return attach(cgroup, 0, -1);
    }

    /** Holds a program by a link. */
    public EntryId link(TestCgroup cgroup) {
        Fd program = program();
        try (Fd directory = directory(cgroup)) {
            open.add(Links.create(program, directory, type));
        } catch (BpfException e) {
            throw new UncheckedIOException(e);
        }
        return TestPrograms.id(program);
    }

    /** Replaces whatever program it finds by one of its own, as runc does with a single device program. */
    public EntryId replace(TestCgroup cgroup, EntryId old) {
        try (Fd found = Programs.byId(old)) {
            return attach(cgroup, Lists.ALLOW_MULTI | Lists.REPLACE, found.number());
        } catch (BpfException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Detaches a program, whosever it is. */
    public void detach(TestCgroup cgroup, EntryId program) {
        try (Fd directory = directory(cgroup);
                Fd found = Programs.byId(program)) {
            BpfException.check(
                    "BPF_PROG_DETACH",
                    cgroup.path(),
                    Native.progDetach(directory.number(), type.code(), found.number(), 0));
        } catch (BpfException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EntryId attach(TestCgroup cgroup, int flags, int replaced) {
        Fd program = program();
        try (Fd directory = directory(cgroup)) {
            BpfException.check(
                    "BPF_PROG_ATTACH",
                    cgroup.path(),
                    Native.progAttach(
                            directory.number(), type.code(), program.number(), flags, Math.max(replaced, 0), 0, 0));
        } catch (BpfException e) {
            throw new UncheckedIOException(e);
        }
        return TestPrograms.id(program);
    }

    private Fd program() {
        Fd program = TestPrograms.load(type, "foreign");
        open.add(program);
        return program;
    }

    private static Fd directory(TestCgroup cgroup) throws BpfException {
        Path path = cgroup.directory();
        return Fd.check("open", path, Native.openDirectory(Native.path(path)));
    }

    @Override
    public void close() {
        open.forEach(Fd::close);
    }
}
