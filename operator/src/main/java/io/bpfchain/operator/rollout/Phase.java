package io.bpfchain.operator.rollout;

/** How a rollout stands. */
public enum Phase {
    /** Every selected node that is Ready runs the target. */
    Complete,
    /** Every node that is Ready has answered; some refused, no more than the chain allows. */
    CompleteWithRefusals,
    /** Every node has answered but for some that are Ready and whose agents are silent. */
    Silent,
    /** Nodes are in change or wait for their turn. */
    Progressing,
    /** The user holds it: nodes that have begun finish, no other begins. */
    Paused,
    /** More nodes refused than the chain allows: no further node begins. */
    Stopped,
    /** The user wants nothing to be written. */
    Suspended,
    /** There are nodes, and none of them can be reached. */
    Unreachable
}
