package io.bpfchain.kernel.object;

import java.util.List;
import java.util.Objects;

/**
 * What the helper found in an object without loading it.
 *
 * @param btf the object's BTF after libbpf has finalised it (sizes of data sections and places of their variables are filled in, so the
 *     bytes are not those of the .BTF section), in this machine's byte order; empty where it has none
 * @param license the object's license string
 * @param notes whole sentences for people, for example that pinning by name is ignored
 */
public record ObjectInfo(
        List<FunctionInfo> functions, List<MapDefinition> maps, byte[] btf, String license, List<String> notes) {
    public ObjectInfo {
        functions = List.copyOf(functions);
        maps = List.copyOf(maps);
        btf = btf.clone();
        Objects.requireNonNull(license);
        notes = List.copyOf(notes);
    }

    @Override
    public byte[] btf() {
        return btf.clone();
    }
}
