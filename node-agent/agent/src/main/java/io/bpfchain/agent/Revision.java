package io.bpfchain.agent;

import java.time.Instant;

/** One line of a chain's history. */
public record Revision(int number, Instant at, String cause, String digest, boolean current) {}
