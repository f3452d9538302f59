package io.bpfchain.operator.status;

import io.bpfchain.crds.Condition.Status;
import io.bpfchain.operator.rollout.Decision;
import io.bpfchain.operator.rollout.Decision.Counts;
import io.bpfchain.operator.status.Verdict.Movement;
import java.util.List;

/** Says how a rollout stands. */
public final class Verdicts {
    private Verdicts() {}

    /**
     * The verdict on a decision.
     *
     * @param lost sources of the revision that cannot be read any more, as sentences without a full stop
     */
    public static Verdict of(Decision decision, long revision, int maxFailed, List<String> lost) {
        Verdict verdict = of(decision, revision, maxFailed);
        return lost.isEmpty()
                ? verdict
                : new Verdict(
                        verdict.ready(),
                        verdict.movement(),
                        verdict.reason(),
                        verdict.message() + " " + String.join("; ", lost)
                                + "; the bytes that were read from it stay in use.");
    }

    private static Verdict of(Decision decision, long revision, int maxFailed) {
        Counts counts = decision.counts();
        String runs = "Revision %d runs on %d of %d nodes".formatted(revision, counts.ready(), counts.desired());
        return switch (decision.phase()) {
            case Complete ->
                new Verdict(Status.True, Movement.None, "RolloutComplete", sentence(runs, unreachable(counts)));
            case CompleteWithRefusals ->
                new Verdict(Status.False, Movement.Stalled, "NodesRefused", sentence(runs, refused(decision)));
            case Silent ->
                new Verdict(
                        Status.False,
                        Movement.Reconciling,
                        "NodesSilent",
                        sentence(
                                runs,
                                unreachable(counts) + "; whether it runs on " + counts.silent()
                                        + " more that are Ready is not known, because their agents are silent for longer than"
                                        + " nodeTimeout"));
            case Progressing ->
                new Verdict(Status.False, Movement.Reconciling, "Progressing", sentence(runs, waiting(counts)));
            case Paused ->
                new Verdict(
                        Status.False,
                        Movement.Reconciling,
                        "Paused",
                        sentence(runs, "; the rollout is paused, " + counts.waiting() + " nodes wait for it to go on"));
            case Stopped ->
                new Verdict(
                        Status.False,
                        Movement.Stalled,
                        "RolloutStopped",
                        sentence(
                                runs,
                                refused(decision) + "; the rollout has stopped because more than maxFailed " + maxFailed
                                        + " did, and nodes without it run what they ran"));
            case Suspended ->
                new Verdict(
                        everyoneRuns(counts) ? Status.True : Status.False,
                        Movement.None,
                        "Suspended",
                        sentence(runs, "; the chain is suspended, nothing is written for it"));
            case Unreachable ->
                new Verdict(
                        Status.Unknown,
                        Movement.Reconciling,
                        "NodesUnreachable",
                        "None of the " + counts.desired()
                                + " nodes is Ready and answers; what they ran last they run on.");
        };
    }

    private static boolean everyoneRuns(Counts counts) {
        return counts.ready() + counts.unreachable() == counts.desired();
    }

    private static String sentence(String start, String rest) {
        return start + rest + ".";
    }

    private static String unreachable(Counts counts) {
        return counts.unreachable() == 0 ? "" : "; " + counts.unreachable() + " cannot be reached";
    }

    private static String waiting(Counts counts) {
        int changing = counts.desired() - counts.ready() - counts.failed() - counts.unknown() - counts.waiting();
        return "; " + changing + " are changing, " + counts.waiting() + " wait for their turn" + unreachable(counts);
    }

    private static String refused(Decision decision) {
        String first = decision.refusals().isEmpty()
                ? ""
                : ", first " + decision.refusals().getFirst().node() + " ("
                        + decision.refusals().getFirst().reason() + ")";
        return "; " + decision.counts().failed() + " did not accept it" + first;
    }
}
