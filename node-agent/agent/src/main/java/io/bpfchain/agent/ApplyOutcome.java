package io.bpfchain.agent;

import java.util.List;

/** What came of apply, plan, delete and rollback. */
public sealed interface ApplyOutcome {
    /**
     * Done (or, for plan and dry run: possible).
     *
     * @param chains one for each chain, in the order they were given
     * @param warnings whole sentences
     */
    record Done(List<ChainChange> chains, List<String> warnings) implements ApplyOutcome {
        public Done {
            chains = List.copyOf(chains);
            warnings = List.copyOf(warnings);
        }
    }

    /** Cannot be done as asked; nothing was changed. Exit code 3, or 4 when a privilege is missing, or 2 when the chain itself is wrong. */
    record Refused(List<Problem> problems) implements ApplyOutcome {
        public Refused {
            problems = List.copyOf(problems);
        }
    }

    /** Began and could not be finished. {@code hooks} says what each hook runs now. Exit code 1. */
    record Failed(List<Problem> problems, List<HookChange> hooks) implements ApplyOutcome {
        public Failed {
            problems = List.copyOf(problems);
            hooks = List.copyOf(hooks);
        }
    }

    /**
     * One thing that stands in the way.
     *
     * @param kind who has to act
     * @param reason CamelCase, for machines
     * @param subject the chain, field path, hook or file it is about
     * @param message what was attempted, on what, and what came back
     * @param remedy what to do, a whole sentence
     */
    record Problem(Kind kind, String reason, String subject, String message, String remedy) {
        /** Decides the exit code. */
        public enum Kind {
            INVALID,
            REFUSED,
            NOT_PERMITTED,
            FAILED
        }
    }

    /**
     * What happens, or happened, to one chain.
     *
     * @param verb {@code created}, {@code configured}, {@code unchanged}, {@code deleted}
     * @param mapChanges whole sentences, for example {@code map blocked4: 3 single changes}
     */
    record ChainChange(String chain, String verb, int revision, List<HookChange> hooks, List<String> mapChanges) {
        public ChainChange {
            hooks = List.copyOf(hooks);
            mapChanges = List.copyOf(mapChanges);
        }
    }

    /**
     * What happens at one hook.
     *
     * @param cgroup path
     * @param attachType bpftool's name
     * @param steps one sentence for each step with its guarantee; empty when nothing differs
     * @param runs the list afterwards (or, after a failure, now), in order
     */
    record HookChange(String cgroup, String attachType, List<StepLine> steps, List<String> runs) {
        public HookChange {
            steps = List.copyOf(steps);
            runs = List.copyOf(runs);
        }
    }

    /**
     * One step for people and machines.
     *
     * @param action {@code attach}, {@code replace}, {@code detach}
     * @param entry for example {@code egress-firewall/block-metadata}
     * @param detail for example {@code sha256:ab12... -> sha256:cd34...} or {@code after egress-firewall/count}
     * @param guarantee {@code hitless}, or what does not hold
     */
    record StepLine(String action, String entry, String detail, String guarantee) {}
}
