package io.bpfchain.agent.prepare;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedObject;
import io.bpfchain.agent.prepare.ResolvedChain.ResolvedProgram;
import io.bpfchain.kernel.object.InspectOutcome;
import io.bpfchain.planner.OnUnsafe;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Contents that are swapped in with the program are exact for every packet only where one entry of one hook uses the map: with more,
 * some would use the new map while others still use the old one.
 */
public final class SwapCheck {
    private final Inspections inspections;

    public SwapCheck(Inspections inspections) {
        this.inspections = inspections;
    }

    /** Adds a problem, or where the chain allows overlaps a warning that states the window. */
    public void check(ResolvedChain chain, int hooks, List<String> warnings, List<Problem> problems) {
        for (ResolvedObject object : chain.objects()) {
            for (DeclaredMap map : object.contents()) {
                if (!map.inPlace()) {
                    long entries = users(chain, object, map.spec().name()) * hooks;
                    if (entries > 1) {
                        many(chain, object, map, entries, warnings, problems);
                    }
                }
            }
        }
    }

    private static void many(
            ResolvedChain chain,
            ResolvedObject object,
            DeclaredMap map,
            long entries,
            List<String> warnings,
            List<Problem> problems) {
        if (chain.onUnsafe() == OnUnsafe.ALLOW_OVERLAP) {
            warnings.add("The new contents of " + map.subject() + " reach its " + entries
                    + " entries one after the other: from the first replacement to the last, some use the old contents and"
                    + " some the new.");
        } else {
            String field = chain.snapshot().fieldOf(object.name(), map.spec().name());
            problems.add(new Problem(
                            Problem.Kind.REFUSED,
                            "MapUsedMoreThanOnce",
                            map.subject(),
                            "swap the contents of " + map.subject() + " in with the program: " + entries
                                    + " entries use the map, and they cannot be replaced at once",
                            "Say onEntriesChange: InPlace, or accept a moment in which some use the old contents with"
                                    + " update.onUnsafe: AllowOverlap.")
                    .at(chain.snapshot().at(field + ".onEntriesChange")));
        }
    }

    private long users(ResolvedChain chain, ResolvedObject object, String map) {
        if (!(inspections.inspect(object.digest()) instanceof InspectOutcome.Inspected inspected)) {
            return 0;
        }
        Set<String> functions = inspected.object().functions().stream()
                .filter(f -> f.maps().contains(map))
                .map(f -> f.name())
                .collect(Collectors.toSet());
        return chain.programsOf(object).stream()
                .map(ResolvedProgram::function)
                .filter(functions::contains)
                .count();
    }
}
