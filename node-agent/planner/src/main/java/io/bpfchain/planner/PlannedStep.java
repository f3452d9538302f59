package io.bpfchain.planner;

/** A step and what holds while it is made. */
public record PlannedStep(Step step, Guarantee guarantee) {}
