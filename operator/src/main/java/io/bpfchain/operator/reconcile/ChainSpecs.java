package io.bpfchain.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.revision.SpecCheck;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the specs of chains were read as. Reconcilers and sweeps look at a chain many times for each change of its spec, and reading takes
 * much longer than comparing. For any thread.
 */
public final class ChainSpecs {
    /** By the uids of the chains. */
    private final Map<String, Read> last = new ConcurrentHashMap<>();

    private record Read(JsonNode spec, SpecCheck.Result result) {}

    /** What the spec of a chain is, or why it cannot be carried out. */
    SpecCheck.Result of(ChainObject chain) {
        JsonNode spec = chain.getSpec();
        if (spec == null) {
            return new SpecCheck.Result.Invalid("spec: Required value");
        }
        Read before = last.get(chain.uid());
        SpecCheck.Result result = before != null && before.spec().equals(spec) ? before.result() : SpecCheck.read(spec);
        last.put(
                chain.uid(),
                new Read(spec, result)); // the newest instance: the next comparison is often one with itself
        return result;
    }

    /** Forgets a chain that is gone. */
    void forget(ChainObject chain) {
        last.remove(chain.uid());
    }
}
