package io.bpfchain.kernel.object;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * A BPF program of an object: a function in a program section.
 *
 * @param section the ELF section, for example {@code cgroup_skb/egress}
 * @param programType what libbpf derives from the section; empty where it derives nothing
 * @param expectedAttachType what libbpf derives from the section; empty where it derives nothing
 * @param instructions before verification, subprograms not counted
 * @param maps names of the maps that it refers to, directly or through functions that it calls
 */
public record FunctionInfo(
        String name,
        String section,
        OptionalInt programType,
        OptionalInt expectedAttachType,
        int instructions,
        List<String> maps) {
    public FunctionInfo {
        Objects.requireNonNull(name);
        Objects.requireNonNull(section);
        maps = List.copyOf(maps);
    }
}
