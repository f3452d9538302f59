package io.bpfchain.agent.engine;

import io.bpfchain.agent.commit.Garbage;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.PinnedInstance;
import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import io.bpfchain.kernel.PinnedInstance.PinnedProgram;
import io.bpfchain.planner.DesiredEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What is left to do when the hooks run what they shall: stable pins, and letting go of what nothing needs any more. */
final class Finish {
    /** A download takes a minute at most, so what is that old belongs to a process that was killed. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    private final Session session;

    Finish(Session session) {
        this.session = session;
    }

    /**
     * Finishes; safe to repeat.
     *
     * @param changed journals of the chains that were changed
     * @return warnings
     */
    List<String> run(Collection<Journal> changed) throws IOException {
        Bpffs bpffs = session.configuration().bpffs();
        List<String> warnings = new ArrayList<>(new LostPins(session).recoverNow(changed));
        for (Journal journal : changed) {
            Set<String> stable = new HashSet<>();
            if (session.state().chains().settled(journal)) {
                for (JournalMap map : stable(journal)) {
                    Optional<PinnedMap> pinned = session.live().map(map.instance(), map.name());
                    if (pinned.isPresent()) {
                        bpffs.publishMap(
                                journal.chain(), map.name(), pinned.get().pin());
                    }
                    stable.add(map.name());
                    session.configuration().checkpoint().reached("stable-pin");
                }
                bpffs.retainMaps(journal.chain(), stable);
                unpinRemovedPrograms(journal);
            } else if (session.state().journals().read(journal.chain()).isEmpty()) {
                bpffs.retainMaps(journal.chain(), Set.of());
            }
        }
        session.configuration().checkpoint().reached("finishing");
        collect();
        return warnings;
    }

    /** A program that the chain does not have any more goes, although the instance that it was loaded with stays. */
    private void unpinRemovedPrograms(Journal journal) throws IOException {
        for (PinnedInstance instance : session.live().all()) {
            if (!journal.names(instance.instance()) || journal.copies().contains(instance.instance())) {
                continue;
            }
            Map<Boolean, List<PinnedProgram>> wanted = instance.programs().stream()
                    .filter(p -> p.identity().chain().equals(journal.chain()))
                    .collect(Collectors.partitioningBy(p -> journal.desired()
                            .entries()
                            .contains(new DesiredEntry(
                                    p.identity().key(), p.identity().version()))));
            List<PinnedProgram> removed = wanted.getOrDefault(false, List.of());
            if (!removed.isEmpty()) {
                session.kernel()
                        .forget(new PinnedInstance(
                                instance.instance(), instance.directory(), removed, instance.maps()));
                for (PinnedProgram program : removed) {
                    Files.deleteIfExists(instance.directory().resolve(program.pinName()));
                    Files.deleteIfExists(instance.directory().resolve(Bpffs.IDENTITY + program.pinName()));
                    session.configuration().checkpoint().reached("program-unpinned");
                }
                session.live().remove(instance.instance());
                session.live()
                        .add(new PinnedInstance(
                                instance.instance(),
                                instance.directory(),
                                wanted.getOrDefault(true, List.of()),
                                instance.maps()));
            }
        }
    }

    private static List<JournalMap> stable(Journal journal) {
        return journal.objects().stream()
                .flatMap(o -> o.maps().stream())
                .filter(JournalMap::stablePin)
                .toList();
    }

    /** Lets go of instances and files that nothing needs. */
    void collect() throws IOException {
        letGo();
        Set<String> digests = session.live().all().stream()
                .flatMap(i -> i.programs().stream())
                .map(p -> p.identity().objectDigest())
                .collect(Collectors.toSet());
        session.state()
                .collectGarbage(
                        digests, session.configuration().clock().instant().minus(ABANDONED));
        session.configuration().checkpoint().reached("garbage-collected");
    }

    /** Lets go of instances that nothing needs. */
    void letGo() throws IOException {
        List<String> unneeded = garbage().find(session.live().all(), session.broken(), journals());
        for (String id : unneeded) {
            PinnedInstance instance = session.live().find(id).orElseThrow();
            session.kernel().forget(instance);
            session.live().remove(id);
            session.configuration().bpffs().remove(id);
            session.configuration().checkpoint().reached("instance-removed");
        }
    }

    /** What is pinned and left alone, as sentences; said at the end of a command, which may have taken it over. */
    List<String> strangers() {
        return garbage().strangers(session.live().all(), journals());
    }

    private Garbage garbage() {
        return new Garbage(session.kernel(), session.state().chains());
    }

    private Collection<Journal> journals() {
        return session.state().journals().all().values();
    }
}
