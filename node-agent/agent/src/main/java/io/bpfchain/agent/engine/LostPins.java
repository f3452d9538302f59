package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.commit.Executor;
import io.bpfchain.agent.commit.Wanted;
import io.bpfchain.agent.prepare.Inspections;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.agent.state.Journal.JournalHook;
import io.bpfchain.agent.state.Journal.JournalMap;
import io.bpfchain.agent.state.Journal.JournalObject;
import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.Fd;
import io.bpfchain.kernel.Identity;
import io.bpfchain.kernel.MapHandle;
import io.bpfchain.kernel.PinnedInstance;
import io.bpfchain.kernel.Pins;
import io.bpfchain.kernel.ProgramInfo;
import io.bpfchain.kernel.Programs;
import io.bpfchain.kernel.object.FunctionInfo;
import io.bpfchain.kernel.object.InspectOutcome;
import io.bpfchain.planner.Entry;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.Kernel;
import io.bpfchain.planner.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Pins programs and maps again whose pins somebody removed. Programs are found by id in the hooks' lists, which needs CAP_SYS_ADMIN; their
 * maps are told apart by the names that the kernel keeps of them.
 */
final class LostPins {
    /** BPF_OBJ_NAME_LEN without the final zero. */
    private static final int KERNEL_NAME = 15;

    private static final String REMEDY =
            "Run the command once as root with CAP_SYS_ADMIN: then they are found by id and pinned again. Or remove its"
                    + " cgroups, which detaches them.";

    private final Session session;

    LostPins(Session session) {
        this.session = session;
    }

    /** Pins again what is attached of these chains and not pinned; a warning for each chain of which anything was. */
    List<String> recover(Collection<Journal> journals) throws IOException {
        List<String> warnings = new ArrayList<>();
        for (Journal journal : journals) {
            if (session.lost(journal) && recover(journal)) {
                warnings.add("The pins of chain " + journal.chain() + " were lost; its programs are pinned again.");
            } else if (!session.lost(journal)) {
                recoverMaps(journal, warnings);
            }
        }
        if (!warnings.isEmpty()) {
            session.rescan();
        }
        return warnings;
    }

    /**
     * The same for pins that went while these chains were being changed.
     *
     * @return warnings, also about chains of which not everything could be pinned again
     */
    List<String> recoverNow(Collection<Journal> journals) throws IOException {
        List<Journal> staying = journals.stream().filter(j -> !j.retired()).toList();
        if (staying.stream().flatMap(Journal::instances).allMatch(this::pinned)) {
            return List.of();
        }
        session.rescan();
        List<String> warnings = new ArrayList<>(recover(staying));
        for (Journal journal : staying) {
            if (session.lost(journal)) {
                warnings.add("The pins of chain " + journal.chain()
                        + " were removed while it was changed; it runs, but cannot be changed any more. " + REMEDY);
            }
        }
        return warnings;
    }

    private boolean pinned(String id) {
        return session.live()
                .find(id)
                .filter(i -> Stream.concat(
                                i.programs().stream().map(p -> i.directory().resolve(p.pinName())),
                                i.maps().stream().map(PinnedInstance.PinnedMap::pin))
                        .allMatch(Files::exists))
                .isPresent();
    }

    private boolean recover(Journal journal) throws IOException {
        Map<EntryId, Owner.Ours> lost = new HashMap<>();
        for (JournalHook hook : journal.hooks()) {
            if (session.kernel().observe(hook.hook()) instanceof Kernel.Observation.Seen seen) {
                for (Entry entry : seen.hook().entries()) {
                    if (entry.owner() instanceof Owner.Ours ours
                            && ours.key().chain().equals(journal.chain())
                            && session.kernel().identity(entry.id()).isEmpty()) {
                        lost.put(entry.id(), ours);
                    }
                }
            }
        }
        for (Map.Entry<EntryId, Owner.Ours> program : lost.entrySet()) {
            pin(journal, program.getKey(), program.getValue());
        }
        return !lost.isEmpty();
    }

    /** Pins maps again whose programs are pinned, and which are not pinned themselves. */
    private void recoverMaps(Journal journal, List<String> warnings) {
        if (!journal.bootId().equals(session.state().bootId()) || journal.retired()) {
            return;
        }
        for (JournalObject object : journal.objects()) {
            for (JournalMap map : object.maps()) {
                if (session.live().map(map.instance(), map.name()).isEmpty() && recover(journal, object, map)) {
                    warnings.add("The pin of map " + map.name() + " of chain " + journal.chain()
                            + " was lost; it is pinned again.");
                }
            }
        }
    }

    /**
     * Finds a map by the programs that use it; where that is not permitted, or it cannot be told from another, it stays lost. Only the
     * programs that the journal names of this very object use it: another object, or an older version that is kept for a map of its own,
     * may have another map of the same name.
     */
    private boolean recover(Journal journal, JournalObject object, JournalMap lost) {
        Path directory = session.configuration().bpffs().instanceDirectory(lost.instance());
        return Files.isDirectory(directory)
                && journal.entries().stream()
                        .filter(e -> e.object().equals(object.name()))
                        .anyMatch(e -> session.live().find(e.instance()).stream()
                                .flatMap(i -> i.programs().stream())
                                .filter(p -> p.identity().key().name().equals(e.program()))
                                .anyMatch(p -> recover(p.id(), maps(journal, e.program()), lost.name(), directory)));
    }

    private static boolean recover(EntryId id, List<String> names, String lost, Path directory) {
        if (!names.contains(lost)) {
            return false;
        }
        try (Fd program = Programs.byId(id)) {
            for (int mapId : Programs.info(program).mapIds()) {
                try (MapHandle map = MapHandle.byId(mapId)) {
                    if (told(names, map.info().name()).equals(Optional.of(lost))) {
                        pin(map.fd(), directory.resolve(Bpffs.mapPin(lost)));
                        return true;
                    }
                }
            }
            return false;
        } catch (BpfException e) {
            return false;
        }
    }

    /** Whether a hook of the journal lists anything that may be of this chain and cannot be told, for want of CAP_SYS_ADMIN. */
    private boolean mayStillRun(Journal journal) {
        return Wanted.of(journal).all().stream()
                .anyMatch(h -> switch (session.kernel().readBack(h)) {
                    case Kernel.ReadBack.Seen seen -> seen.ids().stream().anyMatch(this::cannotBeTold);
                    case Kernel.ReadBack.Failed failed -> !Executor.gone(failed.error());
                });
    }

    private boolean cannotBeTold(EntryId id) {
        if (session.kernel().identity(id).isPresent()) {
            return false;
        }
        try (Fd _ = Programs.byId(id)) {
            return false;
        } catch (BpfException e) {
            return true;
        }
    }

    /**
     * Why a chain of this boot cannot be changed or deleted; empty where it can. Its programs are attached, for all that can be known,
     * and what is attached may not be forgotten.
     *
     * @param verb what was asked for
     */
    Optional<Problem> problem(String verb, Journal journal) {
        return session.lost(journal) && mayStillRun(journal)
                ? Optional.of(problem(verb, journal.chain()))
                : Optional.empty();
    }

    private static Problem problem(String verb, String chain) {
        return new Problem(
                Problem.Kind.REFUSED,
                "PinsLost",
                "chain " + chain,
                verb + " chain " + chain
                        + ": the pins of its programs are gone, so those that are attached cannot be told from"
                        + " others, replaced or detached",
                REMEDY);
    }

    private void pin(Journal journal, EntryId id, Owner.Ours owner) throws IOException {
        Bpffs bpffs = session.configuration().bpffs();
        bpffs.createRoot();
        Path directory = bpffs.instanceDirectory(owner.instance());
        if (!Files.isDirectory(directory)) {
            Files.createDirectory(directory);
        }
        String programPin = Bpffs.programPin(owner.key().name());
        try (Fd program = Programs.byId(id)) {
            ProgramInfo info = Programs.info(program);
            List<String> names = maps(journal, owner.key().name());
            for (int mapId : info.mapIds()) {
                try (MapHandle map = MapHandle.byId(mapId)) {
                    String kernelName = map.info().name();
                    Optional<String> file = kernelName.equals(Identity.MAP_NAME)
                            ? Optional.of(Bpffs.IDENTITY + programPin)
                            : told(names, kernelName).map(Bpffs::mapPin);
                    if (file.isPresent()) {
                        pin(map.fd(), directory.resolve(file.get()));
                    }
                }
            }
            pin(program, directory.resolve(programPin));
        }
    }

    private static void pin(Fd fd, Path path) throws BpfException {
        if (!Files.exists(path)) {
            Pins.pin(fd, path);
        }
    }

    /** Which of these maps the kernel calls so; empty where it may be more than one, because the kernel cuts names off. */
    private static Optional<String> told(List<String> names, String kernelName) {
        List<String> same =
                names.stream().distinct().filter(n -> matches(n, kernelName)).toList();
        return same.size() == 1 ? Optional.of(same.getFirst()) : Optional.empty();
    }

    /** Maps of data sections are called after the object and the section, cut off; the others after themselves, cut off. */
    private static boolean matches(String name, String kernelName) {
        return name.startsWith(".")
                ? kernelName.endsWith(name)
                : kernelName.equals(name.substring(0, Math.min(KERNEL_NAME, name.length())));
    }

    private List<String> maps(Journal journal, String program) {
        Inspections inspections = session.inspections();
        return journal.entries().stream()
                .filter(e -> e.program().equals(program))
                .findFirst()
                .flatMap(e -> journal.object(e.object())
                        .map(o -> inspections.inspect(o.digest()) instanceof InspectOutcome.Inspected inspected
                                ? inspected.object().functions().stream()
                                        .filter(f -> f.name().equals(e.function()))
                                        .findFirst()
                                        .map(FunctionInfo::maps)
                                        .orElse(List.of())
                                : List.<String>of()))
                .orElse(List.of());
    }
}
