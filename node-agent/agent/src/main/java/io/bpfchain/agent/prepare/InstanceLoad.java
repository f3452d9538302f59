package io.bpfchain.agent.prepare;

import io.bpfchain.agent.prepare.ResolvedChain.ResolvedObject;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedProgram;
import java.util.List;
import java.util.Objects;

/**
 * One load to be made.
 *
 * @param uid of the chain
 * @param programs of the object that are loaded, each a function of its own
 * @param maps every map that these programs use
 */
record InstanceLoad(
        ResolvedChain chain, String uid, ResolvedObject object, List<ResolvedProgram> programs, List<MapChoice> maps) {
    InstanceLoad {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(uid);
        Objects.requireNonNull(object);
        programs = List.copyOf(programs);
        maps = List.copyOf(maps);
    }
}
