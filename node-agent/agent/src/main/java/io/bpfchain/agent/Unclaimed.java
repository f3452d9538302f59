package io.bpfchain.agent;

import java.util.Objects;

/**
 * An attached program that carries bpfchain's identity and that this machine's state says nothing of: the state was lost, or the program
 * belongs to another one.
 *
 * @param chain and {@code program}: as its identity says
 */
public record Unclaimed(String cgroup, String attachType, String chain, String program, int id) {
    public Unclaimed {
        Objects.requireNonNull(cgroup);
        Objects.requireNonNull(attachType);
        Objects.requireNonNull(chain);
        Objects.requireNonNull(program);
    }

    /** {@code egress-firewall/block-metadata at /kubepods.slice [cgroup_inet_egress]}. */
    @Override
    public String toString() {
        return chain + "/" + program + " at " + cgroup + " [" + attachType + "]";
    }
}
