package io.bpfchain.kernel.object;

import io.bpfchain.kernel.object.HelperResponse.Function;
import java.util.ArrayList;
import java.util.List;

/** What people should know about an object although it is no reason to refuse it. */
final class ObjectNotes {
    private ObjectNotes() {}

    static List<String> of(List<Function> functions, List<MapDefinition> maps, boolean btf, boolean btfExt) {
        List<String> notes = new ArrayList<>();
        for (MapDefinition map : maps) {
            if (map.pinnedByName()) {
                notes.add(
                        "Map %s asks to be pinned by name (LIBBPF_PIN_BY_NAME); this is ignored, bpfchain pins every map itself."
                                .formatted(map.name()));
            }
        }
        for (Function function : functions) {
            for (String holder : function.holders()) {
                notes.add(
                        "Function %s is a tail-call target in map %s and is loaded with every function that uses the map."
                                .formatted(function.info().name(), holder));
            }
            AttachTypeCheck.unsupported(function.info()).ifPresent(notes::add);
        }
        if (!btf) {
            notes.add(
                    "The object has no BTF: globals cannot be set and maps cannot be kept over versions; compile it with -g.");
        } else if (!btfExt) {
            notes.add("The object has BTF but no .BTF.ext: verifier messages will not name source lines.");
        }
        return notes;
    }
}
