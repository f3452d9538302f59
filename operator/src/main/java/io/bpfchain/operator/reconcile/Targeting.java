package io.bpfchain.operator.reconcile;

import io.bpfchain.crds.CgroupProgramChainStatus;
import io.bpfchain.crds.CgroupProgramChainStatus.RevisionStatus;
import io.bpfchain.crds.ChainSpec;
import io.bpfchain.crds.Condition;
import io.bpfchain.crds.ResolvedSource;
import io.bpfchain.crds.revision.RevisionContent;
import io.bpfchain.operator.cluster.Caches;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.revision.Revisions;
import io.bpfchain.operator.revision.Sources;
import io.bpfchain.operator.revision.Sources.Resolution;
import io.bpfchain.operator.revision.SpecCheck;
import io.bpfchain.operator.status.Verdict;
import io.bpfchain.operator.status.Verdict.Movement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Finds the revision that a chain's nodes are brought to, and writes it where it is new. */
final class Targeting {
    /** A revision, or why there is none. */
    sealed interface Result {
        /**
         * A revision that is written down.
         *
         * @param lost sources that cannot be read any more and stay as they are known
         */
        record Target(ChainSpec spec, RevisionStatus revision, List<String> lost) implements Result {}

        /** It is to be looked for again after so long; until then all stays as it is. */
        record Later(Duration in) implements Result {}

        /**
         * None, for this reason.
         *
         * @param lookAgain after how long it may be otherwise; empty: something will tell
         */
        record None(Verdict verdict, Optional<Duration> lookAgain) implements Result {
            None(Verdict verdict) {
                this(verdict, Optional.empty());
            }
        }
    }

    /** After how long a registry is asked again for what it did not have. */
    private static final Duration REGISTRY_AGAIN = Duration.ofSeconds(30);

    private static final Duration BUSY_AGAIN = Duration.ofSeconds(1);

    private final ChainSpecs specs;
    private final Revisions revisions;
    private final Sources.ConfigMaps configMaps;
    private final Sources.Artifacts artifacts;
    private final Caches caches;

    /** Digests of revisions that this process knows to be written down. */
    private final Set<String> written = ConcurrentHashMap.newKeySet();

    /** What the sources of each chain were resolved for last, by its uid. */
    private final Map<String, Resolved> last = new ConcurrentHashMap<>();

    /**
     * A spec as it was resolved.
     *
     * @param revision its digest
     * @param spec the digest of the same without what its sources were resolved to
     */
    private record Resolved(RevisionContent content, String revision, String spec) {}

    Targeting(
            ChainSpecs specs,
            Revisions revisions,
            Sources.ConfigMaps configMaps,
            Sources.Artifacts artifacts,
            Caches caches) {
        this.specs = specs;
        this.revisions = revisions;
        this.configMaps = configMaps;
        this.artifacts = artifacts;
        this.caches = caches;
    }

    Result of(ChainObject chain, Optional<CgroupProgramChainStatus> before) {
        return switch (specs.of(chain)) {
            case SpecCheck.Result.Invalid(String message) -> new Result.None(Verdict.invalidSpec(message));
            case SpecCheck.Result.Valid(ChainSpec read) ->
                read.suspend() ? suspended(read, Progress.target(before)) : resolved(chain, read, before);
        };
    }

    private static Result suspended(ChainSpec spec, Optional<RevisionStatus> target) {
        return target.<Result>map(t -> new Result.Target(spec, t, List.of()))
                .orElseGet(() -> new Result.None(new Verdict(
                        Condition.Status.False,
                        Movement.None,
                        "Suspended",
                        "The chain is suspended and no revision of it was ever written.")));
    }

    private Result resolved(ChainObject chain, ChainSpec spec, Optional<CgroupProgramChainStatus> before) {
        Optional<RevisionStatus> target = Progress.target(before);
        target.map(RevisionStatus::digest)
                .filter(d -> isMissed(chain.name(), d))
                .ifPresent(written::remove);
        Progress.current(before)
                .filter(c -> target.filter(t -> t.digest().equals(c.digest())).isEmpty())
                .filter(c -> isMissed(chain.name(), c.digest()))
                .ifPresent(c -> restore(chain, spec, c));
        Predicate<String> kept = digest -> isWritten(target) || revisions.keeps(digest);
        return switch (Sources.resolve(spec, configMaps, artifacts, kept, known(chain, spec, target))) {
            case Resolution.Unavailable(String message, boolean unwatched) ->
                new Result.None(
                        Verdict.sourceUnavailable(message), unwatched ? Optional.of(REGISTRY_AGAIN) : Optional.empty());
            case Resolution.Busy _ -> new Result.Later(BUSY_AGAIN);
            case Resolution.Resolved resolved -> {
                RevisionContent content = new RevisionContent(chain.name(), spec, resolved.sources());
                Resolved same = same(chain, spec, content);
                String digest = same.revision();
                long number = target.filter(t -> t.digest().equals(digest))
                        .map(t -> again(chain, content, digest, resolved, t.number()))
                        .orElseGet(() ->
                                revisions.ensure(chain, content, resolved.bytes(), greatest(chain.name(), before)));
                written.add(digest);
                last.put(chain.uid(), same);
                String name = RevisionContent.name(chain.name(), digest);
                RevisionStatus revision =
                        new RevisionStatus(number, name, digest, chain.generation(), resolved.sources());
                yield new Result.Target(spec, revision, resolved.lost());
            }
        };
    }

    /** Whether some node looked for the content and found that somebody has deleted it. */
    private boolean isMissed(String chain, String digest) {
        return caches.objects().stream().anyMatch(o -> NodeReports.misses(o, chain, digest));
    }

    /**
     * Writes again what is missing of the revision that nodes get while the target has not reached all others, as far as it can still be
     * read: its sources may have other bytes by now, and of a lost revision the spec is only known where the chain still has it.
     */
    private void restore(ChainObject chain, ChainSpec spec, RevisionStatus current) {
        RevisionContent same = new RevisionContent(chain.name(), spec, current.sources());
        revisions
                .content(current.name(), current.digest())
                .or(() -> Optional.of(same).filter(c -> c.digest().equals(current.digest())))
                .ifPresent(content -> {
                    if (Sources.resolve(content.spec(), configMaps, artifacts, revisions::keeps, content.sources())
                            instanceof Resolution.Resolved resolved) {
                        Map<String, byte[]> bytes = new TreeMap<>(resolved.bytes());
                        bytes.keySet()
                                .retainAll(content.sources().stream()
                                        .map(ResolvedSource::digest)
                                        .toList());
                        revisions.restore(chain, content, bytes, current.number());
                    }
                });
    }

    private boolean isWritten(Optional<RevisionStatus> target) {
        return target.filter(t -> written.contains(t.digest())).isPresent();
    }

    private long again(
            ChainObject chain, RevisionContent content, String digest, Resolution.Resolved resolved, long number) {
        if (!written.contains(digest)) {
            revisions.restore(chain, content, resolved.bytes(), number);
        }
        return number;
    }

    /** What the sources of the same content were resolved to before; never of another content. */
    private List<ResolvedSource> known(ChainObject chain, ChainSpec spec, Optional<RevisionStatus> target) {
        if (target.isEmpty()) {
            return List.of();
        }
        RevisionStatus newest = target.get();
        if (newest.generation() == chain.generation() || isResolved(chain, spec, newest)) {
            return newest.sources();
        }
        return List.of();
    }

    /** Whether this very content was resolved to the revision. */
    private boolean isResolved(ChainObject chain, ChainSpec spec, RevisionStatus revision) {
        Optional<Resolved> remembered = Optional.ofNullable(last.get(chain.uid()))
                .filter(r -> r.revision().equals(revision.digest()));
        return remembered
                .map(r -> r.spec().equals(unresolved(chain, spec)))
                .orElseGet(() -> revisions
                        .content(revision.name(), revision.digest())
                        .filter(c -> c.spec().equals(spec.content()))
                        .isPresent());
    }

    /** With the digests, which take much longer to find than whether the content is the one of before. */
    private Resolved same(ChainObject chain, ChainSpec spec, RevisionContent content) {
        return Optional.ofNullable(last.get(chain.uid()))
                .filter(r -> r.content().equals(content))
                .orElseGet(() -> new Resolved(content, content.digest(), unresolved(chain, spec)));
    }

    private static String unresolved(ChainObject chain, ChainSpec spec) {
        return new RevisionContent(chain.name(), spec, List.of()).digest();
    }

    /** Forgets a chain that is gone. */
    void forget(ChainObject chain) {
        last.remove(chain.uid());
        specs.forget(chain);
        revisions.forget(chain.name());
    }

    /** The greatest number that the chain had, for all that its status and the nodes' objects tell. */
    private long greatest(String chain, Optional<CgroupProgramChainStatus> before) {
        LongStream told = Stream.concat(Progress.target(before).stream(), Progress.current(before).stream())
                .mapToLong(RevisionStatus::number);
        LongStream assigned = caches.objects().stream()
                .flatMap(o -> o.getSpec().assignments().stream())
                .filter(a -> a.chain().equals(chain))
                .mapToLong(a -> a.revision());
        return LongStream.concat(told, assigned).max().orElse(0);
    }
}
