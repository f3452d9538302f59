package io.bpfchain.kernel.object;

import java.util.Arrays;
import java.util.Objects;

/**
 * A map as libbpf would create it: effective numbers, after libbpf's own adjustments.
 *
 * @param name as in the source; data sections under their section name ({@code .rodata}, {@code .data}, {@code .bss}, {@code .rodata.str1.1} ...)
 * @param type {@code enum bpf_map_type}
 * @param keySize bytes
 * @param valueSize bytes
 * @param flags BPF_F_*
 * @param keyTypeId BTF type id of the key, 0 where there is none
 * @param valueTypeId BTF type id of the value (for a data section: of its DATASEC), 0 where there is none
 * @param pinnedByName whether the object asks libbpf to pin it by name (LIBBPF_PIN_BY_NAME); always neutralised
 * @param dataSection whether it holds global variables
 * @param initialValue the initial bytes of a data section, otherwise empty
 * @param staticInitializers whether the object fills slots at load ({@code .values}: PROG_ARRAY, maps of maps)
 */
public record MapDefinition(
        String name,
        int type,
        int keySize,
        int valueSize,
        int maxEntries,
        int flags,
        long extra,
        int keyTypeId,
        int valueTypeId,
        boolean pinnedByName,
        boolean dataSection,
        byte[] initialValue,
        boolean staticInitializers) {
    public MapDefinition {
        Objects.requireNonNull(name);
        initialValue = initialValue.clone();
    }

    @Override
    public byte[] initialValue() {
        return initialValue.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MapDefinition o
                && name.equals(o.name)
                && type == o.type
                && keySize == o.keySize
                && valueSize == o.valueSize
                && maxEntries == o.maxEntries
                && flags == o.flags
                && extra == o.extra
                && keyTypeId == o.keyTypeId
                && valueTypeId == o.valueTypeId
                && pinnedByName == o.pinnedByName
                && dataSection == o.dataSection
                && Arrays.equals(initialValue, o.initialValue)
                && staticInitializers == o.staticInitializers;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, type, keySize, valueSize, maxEntries, flags);
    }
}
