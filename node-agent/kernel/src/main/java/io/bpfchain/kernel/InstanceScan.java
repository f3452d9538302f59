package io.bpfchain.kernel;

import io.bpfchain.kernel.PinnedInstance.PinnedMap;
import io.bpfchain.kernel.PinnedInstance.PinnedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads every instance that is pinned. A pin that cannot be understood is reported and costs nothing but itself. What was read before is
 * not read again while its directory is the same.
 */
public final class InstanceScan {
    private final List<PinnedInstance> instances = new ArrayList<>();
    private final List<Broken> broken = new ArrayList<>();
    private final List<Path> unfinished = new ArrayList<>();
    private final KnownInstances before;
    private final KnownInstances now = new KnownInstances();

    private InstanceScan(KnownInstances before) {
        this.before = before;
    }

    /**
     * What lies on bpffs.
     *
     * @param unfinished directories of loads or removals that did not finish; {@link Bpffs#sweep} removes them
     */
    public record Result(List<PinnedInstance> instances, List<Broken> broken, List<Path> unfinished) {
        public Result {
            instances = List.copyOf(instances);
            broken = List.copyOf(broken);
            unfinished = List.copyOf(unfinished);
        }
    }

    /**
     * A file that is not what its name says, or that cannot be looked at.
     *
     * @param reason a clause
     * @param denied whether it is only not permitted to look at it
     */
    public record Broken(Path path, String reason, boolean denied) {
        Broken(Path path, String reason) {
            this(path, reason, false);
        }
    }

    /**
     * Reads.
     *
     * @param known from the scan before; afterwards from this one
     */
    static Result of(Bpffs bpffs, KnownInstances known) throws IOException {
        InstanceScan scan = new InstanceScan(known);
        for (Path directory : Bpffs.children(bpffs.root())) {
            String file = directory.getFileName().toString();
            if (file.equals(Bpffs.BY_CHAIN)) {
                continue;
            }
            Optional<String> instance = PinName.decode(file);
            if (Bpffs.isUnfinished(directory)) {
                scan.unfinished.add(directory);
            } else if (instance.isEmpty() || !Files.isDirectory(directory)) {
                scan.broken.add(new Broken(directory, "it is not an instance of bpfchain"));
            } else {
                scan.instances.add(scan.instance(instance.get(), directory));
            }
        }
        known.replaceBy(scan.now);
        return new Result(scan.instances, scan.broken, scan.unfinished);
    }

    private PinnedInstance instance(String instance, Path directory) throws IOException {
        Optional<KnownInstances.State> state = KnownInstances.State.of(directory);
        Optional<PinnedInstance> known = state.flatMap(s -> before.find(directory, s));
        int unreadable = broken.size();
        PinnedInstance found = known.isPresent() ? known.get() : read(instance, directory);
        if (broken.size() == unreadable) {
            state.ifPresent(s -> now.add(found, s));
        }
        return found;
    }

    private PinnedInstance read(String instance, Path directory) throws IOException {
        List<PinnedProgram> programs = new ArrayList<>();
        List<PinnedMap> maps = new ArrayList<>();
        for (Path pin : Bpffs.children(directory)) {
            String file = pin.getFileName().toString();
            try {
                if (file.startsWith(Bpffs.PROGRAM)) {
                    program(pin, instance).ifPresent(programs::add);
                } else if (file.startsWith(Bpffs.MAP)) {
                    map(pin).ifPresent(maps::add);
                } else if (!file.startsWith(Bpffs.IDENTITY)) {
                    broken.add(new Broken(pin, "its name has no meaning here"));
                }
            } catch (BpfException e) {
                broken.add(new Broken(pin, e.getMessage(), FileAnswer.of(e).denied()));
            }
        }
        return new PinnedInstance(instance, directory, programs, maps);
    }

    private Optional<PinnedProgram> program(Path pin, String instance) throws BpfException {
        String name = pin.getFileName().toString();
        try (Fd fd = Pins.open(pin);
                MapHandle map = MapHandle.open(pin.resolveSibling(Bpffs.IDENTITY + name))) {
            ProgramInfo info = Programs.info(fd);
            if (!info.mapIds().contains(map.info().id())) {
                broken.add(new Broken(pin, "the identity map beside it belongs to another program"));
                return Optional.empty();
            }
            return switch (IdentityMap.read(map).orElseGet(Identity.Decoded.NotOurs::new)) {
                case Identity.Decoded.Ours ours -> {
                    if (!ours.identity().instance().equals(instance)) {
                        broken.add(new Broken(
                                pin, "it belongs to instance " + ours.identity().instance()));
                        yield Optional.empty();
                    }
                    yield Optional.of(new PinnedProgram(name, info.id(), ours.identity()));
                }
                case Identity.Decoded.NotOurs _ -> notReadable(pin, "the map beside it holds no identity");
                case Identity.Decoded.Newer newer ->
                    notReadable(pin, "a newer bpfchain made it (identity format " + newer.format() + ")");
                case Identity.Decoded.Damaged damaged ->
                    notReadable(pin, "its identity is damaged: " + damaged.reason());
            };
        }
    }

    private Optional<PinnedProgram> notReadable(Path pin, String reason) {
        broken.add(new Broken(pin, reason));
        return Optional.empty();
    }

    private Optional<PinnedMap> map(Path pin) throws BpfException {
        String file = pin.getFileName().toString();
        Optional<String> name = PinName.decode(file.substring(Bpffs.MAP.length()));
        if (name.isEmpty()) {
            broken.add(new Broken(pin, "its name is no encoded map name"));
            return Optional.empty();
        }
        try (Fd fd = Pins.open(pin)) {
            return Optional.of(new PinnedMap(name.get(), MapHandle.info(fd).id(), pin));
        }
    }
}
