package io.bpfchain.kernel.object;

import io.bpfchain.kernel.BpfException;
import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.Errno;
import io.bpfchain.kernel.Fd;
import io.bpfchain.kernel.MapHandle;
import io.bpfchain.kernel.MapInfo;
import io.bpfchain.kernel.Pins;
import io.bpfchain.kernel.ProgramInfo;
import io.bpfchain.kernel.Programs;
import io.bpfchain.kernel.object.LoadRequest.FunctionLoad;
import io.bpfchain.kernel.object.LoadRequest.How;
import io.bpfchain.kernel.object.LoadRequest.MapLoad;
import io.bpfchain.kernel.object.WireReader.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares what a helper has pinned with what it was asked for and with what it says. An object may have taken it over: it must not pass
 * off somebody else's program or map as the instance's.
 */
final class PinnedLoad {
    private static final byte[] ONLY_KEY = new byte[Integer.BYTES];

    private final Path directory;
    private final LoadRequest request;
    private final HelperResponse.Loaded loaded;

    PinnedLoad(Path directory, LoadRequest request, HelperResponse.Loaded loaded) {
        this.directory = directory;
        this.request = request;
        this.loaded = loaded;
    }

    void check() throws MalformedException, IOException {
        Set<String> functions =
                request.functions().stream().map(FunctionLoad::function).collect(Collectors.toSet());
        Set<String> maps = request.maps().stream().map(MapLoad::map).collect(Collectors.toSet());
        require(
                functions.equals(loaded.programIds().keySet())
                        && maps.equals(loaded.mapIds().keySet()),
                "it names other programs or maps than were asked for");
        require(
                PinDirectories.names(directory).equals(request.pinNames()),
                "it has made other pins than were asked for");
        for (FunctionLoad function : request.functions()) {
            checkProgram(function);
        }
        checkMaps();
    }

    private void checkProgram(FunctionLoad function) throws MalformedException, BpfException {
        try (Fd program = Pins.open(directory.resolve(function.pinName()))) {
            ProgramInfo info = Programs.info(program);
            require(
                    info.type() == function.programType()
                            && Objects.equals(
                                    info.id().programId(), loaded.programIds().get(function.function())),
                    "what is pinned as program %s is another".formatted(function.function()));
            checkIdentity(function, info);
        }
    }

    private void checkIdentity(FunctionLoad function, ProgramInfo program) throws MalformedException, BpfException {
        Path pin = directory.resolve(Bpffs.IDENTITY + function.pinName());
        String problem = "the identity of program %s is another".formatted(function.function());
        MapInfo info = info(pin);
        require(
                info.type() == MapInfo.ARRAY
                        && info.valueSize() == function.identity().length
                        && program.mapIds().contains(info.id()),
                problem);
        try (MapHandle map = MapHandle.open(pin)) {
            byte[] identity = map.lookup(ONLY_KEY).orElse(new byte[0]);
            require(Arrays.equals(identity, function.identity()) && frozen(map, identity), problem);
        }
    }

    /** A frozen map refuses to be written, be it with what it holds. */
    private static boolean frozen(MapHandle map, byte[] value) throws BpfException {
        try {
            map.update(ONLY_KEY, value, 0);
            return false;
        } catch (BpfException e) {
            if (e.errno() != Errno.EPERM) {
                throw e;
            }
            return true;
        }
    }

    private void checkMaps() throws MalformedException, BpfException {
        Set<Integer> ids = new HashSet<>();
        for (MapLoad map : request.maps()) {
            MapInfo info = info(directory.resolve(map.pinName()));
            boolean right = Objects.equals(info.id(), loaded.mapIds().get(map.map()))
                    && switch (map.how()) {
                        case How.Create create -> (info.flags() & create.addFlags()) == create.addFlags();
                        case How.Reuse reuse -> info.id() == info(reuse.pin()).id();
                    };
            require(right && ids.add(info.id()), "what is pinned as map %s is another".formatted(map.map()));
        }
    }

    private static MapInfo info(Path pin) throws BpfException {
        try (Fd fd = Pins.open(pin)) {
            return MapHandle.info(fd);
        }
    }

    private static void require(boolean right, String otherwise) throws MalformedException {
        if (!right) {
            throw new MalformedException(otherwise);
        }
    }
}
