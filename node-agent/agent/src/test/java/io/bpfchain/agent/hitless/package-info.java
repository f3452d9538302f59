/**
 * The promise under traffic: every packet carries a number, every program leaves a digit for it, and the digits of each packet
 * are compared with the old and the new chain. The same measurement must find the packets that the two naive ways miss or
 * handle twice, otherwise it would prove nothing.
 */
@NullMarked
package io.bpfchain.agent.hitless;

import org.jspecify.annotations.NullMarked;
