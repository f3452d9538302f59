/**
 * The command line {@code bpfchain}: reads arguments and files, asks {@link io.bpfchain.agent.Host}, prints. It decides nothing about
 * chains. Nothing else depends on it.
 */
@NullMarked
package io.bpfchain.agent.cli;

import org.jspecify.annotations.NullMarked;
