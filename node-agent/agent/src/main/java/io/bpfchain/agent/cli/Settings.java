package io.bpfchain.agent.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Where things are on this machine.
 *
 * @param stateDirectory revisions, objects by digest, the journal
 * @param bpffs the file system for pins that the user chose; empty: found from the mounts
 * @param cgroupRoot what the user chose; empty: found from the mounts
 */
record Settings(Path stateDirectory, Optional<Path> bpffs, Optional<Path> cgroupRoot) {
    Settings {
        Objects.requireNonNull(stateDirectory);
        Objects.requireNonNull(bpffs);
        Objects.requireNonNull(cgroupRoot);
    }
}
