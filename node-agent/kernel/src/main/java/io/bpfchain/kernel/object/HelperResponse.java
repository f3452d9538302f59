package io.bpfchain.kernel.object;

import io.bpfchain.kernel.object.WireReader.MalformedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Decodes responses of the helper process; {@code inspect.c} and {@code load.c} write them. */
sealed interface HelperResponse {
    /**
     * What is in an object.
     *
     * @param trap what in it would crash the kernel
     */
    record Inspected(ObjectInfo object, Optional<String> trap) implements HelperResponse {}

    record Loaded(Map<String, Integer> programIds, Map<String, Integer> mapIds) implements HelperResponse {}

    record Failed(HelperReport report) implements HelperResponse {}

    static HelperResponse inspected(byte[] response) throws MalformedException {
        WireReader reader = new WireReader(response);
        int status = header(reader);
        HelperResponse result = status == 0 ? inspected(reader) : new Failed(report(status, reader));
        reader.end();
        return result;
    }

    static HelperResponse loaded(byte[] response) throws MalformedException {
        WireReader reader = new WireReader(response);
        int status = header(reader);
        HelperResponse result = status == 0
                ? new Loaded(ids("programs", reader), ids("maps", reader))
                : new Failed(report(status, reader));
        reader.end();
        return result;
    }

    private static int header(WireReader reader) throws MalformedException {
        if (reader.bits() != HelperRequest.MAGIC || reader.bits() != HelperRequest.VERSION) {
            throw new MalformedException("it does not begin like one");
        }
        int status = reader.number("the status");
        reader.number("the length");
        return status;
    }

    private static HelperReport report(int status, WireReader reader) throws MalformedException {
        HelperFailure failure = HelperFailure.ofCode(status)
                .orElseThrow(() -> new MalformedException("status %d is unknown".formatted(status)));
        return new HelperReport(
                failure,
                reader.number("the error number"),
                reader.number("the detail"),
                reader.text(),
                reader.text(),
                reader.number("the error number of the probe"),
                reader.longBits(),
                reader.number("the number of CPUs"),
                reader.number("the index"),
                reader.text(),
                reader.flag("the flag of the log"));
    }

    private static Map<String, Integer> ids(String what, WireReader reader) throws MalformedException {
        Map<String, Integer> ids = new HashMap<>();
        for (var id : reader.list(what, r -> Map.entry(r.name("a name"), r.number("an id")))) {
            if (id.getValue() == 0 || ids.put(id.getKey(), id.getValue()) != null) {
                throw new MalformedException("%s has no id, or two".formatted(id.getKey()));
            }
        }
        return ids;
    }

    private static Inspected inspected(WireReader reader) throws MalformedException {
        byte[] btf = reader.blob();
        String license = reader.text();
        boolean btfExt = reader.flag("the flag of .BTF.ext");
        List<Function> functions = reader.list("functions", HelperResponse::function);
        List<MapDefinition> maps = reader.list("maps", HelperResponse::map);
        checkNames(functions, maps);
        ObjectInfo object = new ObjectInfo(
                functions.stream().map(Function::info).toList(),
                maps,
                btf,
                license,
                ObjectNotes.of(functions, maps, btf.length > 0, btfExt));
        return new Inspected(object, CrashTraps.find(functions, maps));
    }

    /**
     * A function and what only notes say.
     *
     * @param holders maps that hold the function as a static value
     */
    record Function(FunctionInfo info, List<String> holders) {}

    private static Function function(WireReader reader) throws MalformedException {
        String name = reader.name("the name of a function");
        String section = reader.name("the section of function " + name);
        int type = reader.number("the program type of function " + name);
        boolean attachable = reader.flag("the attach flag of function " + name);
        int attach = reader.number("the attach type of function " + name);
        int instructions = reader.number("the instruction count of function " + name);
        List<String> holders = reader.list("maps", r -> r.name("a map of function " + name));
        List<String> maps = reader.list("maps", r -> r.name("a map of function " + name));
        return new Function(
                new FunctionInfo(
                        name,
                        section,
                        type == 0 ? OptionalInt.empty() : OptionalInt.of(type),
                        attachable ? OptionalInt.of(attach) : OptionalInt.empty(),
                        instructions,
                        maps),
                holders);
    }

    private static MapDefinition map(WireReader reader) throws MalformedException {
        String name = reader.name("the name of a map");
        MapDefinition map = new MapDefinition(
                name,
                reader.number("the type of map " + name),
                reader.number("the key size of map " + name),
                reader.number("the value size of map " + name),
                reader.number("max_entries of map " + name),
                reader.bits(),
                reader.longBits(),
                reader.number("the key's BTF type of map " + name),
                reader.number("the value's BTF type of map " + name),
                reader.flag("the pinning of map " + name),
                reader.flag("the data flag of map " + name),
                reader.blob(),
                reader.flag("the static values of map " + name));
        int initial = map.initialValue().length;
        if (initial != 0 && (!map.dataSection() || initial != map.valueSize())) {
            throw new MalformedException("map %s has %d initial bytes".formatted(name, initial));
        }
        return map;
    }

    private static void checkNames(List<Function> functions, List<MapDefinition> maps) throws MalformedException {
        Set<String> mapNames = new HashSet<>();
        for (MapDefinition map : maps) {
            if (!mapNames.add(map.name())) {
                throw new MalformedException("two maps are called " + map.name());
            }
        }
        Set<String> functionNames = new HashSet<>();
        for (Function function : functions) {
            List<String> used = new ArrayList<>(function.info().maps());
            used.addAll(function.holders());
            if (!functionNames.add(function.info().name())) {
                throw new MalformedException(
                        "two functions are called " + function.info().name());
            }
            if (!mapNames.containsAll(used)) {
                throw new MalformedException("function %s uses an unknown map"
                        .formatted(function.info().name()));
            }
        }
    }
}
