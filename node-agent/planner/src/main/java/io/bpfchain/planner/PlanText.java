package io.bpfchain.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Plans in words for people. */
public final class PlanText {
    private PlanText() {}

    /**
     * One step.
     *
     * @param action {@code attach}, {@code replace} or {@code detach}
     * @param entry whom it is about, for example {@code egress-firewall/block-metadata}
     * @param detail versions and place, for example {@code sha256:ab12... -> sha256:cd34...}
     * @param guarantee {@code hitless}, or what does not hold
     */
    public record Line(String action, String entry, String detail, String guarantee) {
        @Override
        public String toString() {
            return action + " " + entry + " " + detail + ": " + guarantee;
        }
    }

    /** One step of a plan that was made for {@code observed}. */
    public static Line line(PlannedStep planned, ObservedHook observed) {
        String guarantee = guarantee(planned.guarantee());
        return switch (planned.step()) {
            case Step.Attach a ->
                new Line(
                        "attach",
                        a.entry().key().toString(),
                        a.entry().version() + " " + place(a.at(), observed) + load(a.load()),
                        guarantee);
            case Step.Replace r ->
                new Line("replace", r.by().key().toString(), replaced(r, observed) + load(r.load()), guarantee);
            case Step.Detach d ->
                new Line("detach", name(d.entry(), observed), version(d.entry(), observed), guarantee);
        };
    }

    /** What holds, in words. */
    public static String guarantee(Guarantee guarantee) {
        if (guarantee.hitless()) {
            return "hitless";
        }
        List<String> broken = new ArrayList<>();
        if (!guarantee.gaps().isEmpty()) {
            broken.add(names(guarantee.gaps()) + (guarantee.gaps().size() > 1 ? " are" : " is") + " missing");
        }
        if (!guarantee.overlaps().isEmpty()) {
            broken.add(names(guarantee.overlaps()) + (guarantee.overlaps().size() > 1 ? " run" : " runs") + " twice");
        }
        if (!guarantee.orderKept()) {
            broken.add("the order is neither the old nor the new one");
        }
        return String.join("; ", broken) + " until a later step";
    }

    private static String replaced(Step.Replace step, ObservedHook observed) {
        String old = name(step.old(), observed);
        return old.equals(step.by().key().toString())
                ? version(step.old(), observed) + " -> " + step.by().version()
                : step.by().version() + " in the place of " + old;
    }

    private static String place(Position position, ObservedHook observed) {
        return switch (position) {
            case Position.Tail t -> "at the end";
            case Position.Before b -> "before " + name(b.anchor(), observed);
            case Position.After a -> "after " + name(a.anchor(), observed);
        };
    }

    private static String load(Load load) {
        return switch (load) {
            case SHARED -> "";
            case COPY -> " (loaded once more, because this version is in the list already)";
        };
    }

    private static String name(EntryRef ref, ObservedHook observed) {
        return switch (ref) {
            case EntryRef.Planned p -> p.key().toString();
            case EntryRef.Observed o -> {
                Entry entry = entry(o, observed);
                yield entry.owner() instanceof Owner.Ours ours ? ours.key().toString() : entry.toString();
            }
        };
    }

    private static String version(EntryRef ref, ObservedHook observed) {
        return switch (ref) {
            case EntryRef.Planned p -> "new version";
            case EntryRef.Observed o ->
                entry(o, observed).owner() instanceof Owner.Ours ours
                        ? ours.version().toString()
                        : "";
        };
    }

    private static Entry entry(EntryRef.Observed ref, ObservedHook observed) {
        return observed.entries().stream()
                .filter(e -> e.id().equals(ref.id()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "program " + ref.id() + " is not in the list that the plan was made for: " + observed.hook()));
    }

    private static String names(List<EntryKey> keys) {
        return keys.stream().map(EntryKey::toString).collect(Collectors.joining(", "));
    }
}
