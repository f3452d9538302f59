package io.bpfchain.agent.cluster;

import io.bpfchain.crds.CgroupProgramNodeSpec.Assignment;
import io.bpfchain.crds.file.ChainDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A chain that this node is to run, and how far it has come.
 *
 * @param good what was last applied, and is kept up while what is wanted cannot be had
 * @param tries how often in a row it did not go well
 * @param due when it is tried next
 */
record Kept(Assignment wanted, Optional<Good> good, Verdict verdict, int tries, Instant due) {
    private static final Duration FAILED_AGAIN = Duration.ofSeconds(2);
    private static final Duration REFUSED_AGAIN = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int MOST_DOUBLINGS = 10;

    Kept {
        Objects.requireNonNull(wanted);
        Objects.requireNonNull(good);
        Objects.requireNonNull(verdict);
        Objects.requireNonNull(due);
    }

    /** Content that was applied. */
    record Good(String digest, ChainDocument document) {}

    /** An assignment that is to be tried now. */
    static Kept fresh(Assignment wanted, Optional<Good> good, Instant now) {
        return new Kept(wanted, good, new Verdict.Pending(), 0, now);
    }

    /** After another spec: what it says of this chain may be news, and if it is not, nothing begins anew. */
    Kept following(Assignment assignment, Instant now) {
        boolean same =
                wanted.digest().equals(assignment.digest()) && wanted.requires().equals(assignment.requires());
        return same ? new Kept(assignment, good, verdict, tries, due) : fresh(assignment, good, now);
    }

    boolean isDue(Instant now) {
        return !(verdict instanceof Verdict.Running) && !due.isAfter(now);
    }

    /** It was applied. */
    Kept running(ChainDocument document) {
        return new Kept(
                wanted, Optional.of(new Good(wanted.digest(), document)), new Verdict.Running(), 0, Instant.MAX);
    }

    /** It did not go well; what the chain or the machine lacks is looked at more seldom than what passes. */
    Kept unwell(Verdict.Unwell why, Instant now) {
        Duration first = why instanceof Verdict.Refused ? REFUSED_AGAIN : FAILED_AGAIN;
        Duration wait = first.multipliedBy(1L << Math.min(tries, MOST_DOUBLINGS));
        return new Kept(wanted, good, why, tries + 1, now.plus(wait.compareTo(LONGEST) < 0 ? wait : LONGEST));
    }

    /** What it waited for may have come. */
    Kept dueAt(Instant when) {
        return new Kept(wanted, good, verdict, tries, when);
    }
}
