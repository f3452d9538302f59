package io.bpfchain.agent;

import io.bpfchain.agent.commit.Garbage;
import io.bpfchain.agent.state.Journal;
import io.bpfchain.kernel.PinnedInstance;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What is left to do when the hooks run what they shall: stable pins, and letting go of what nothing needs any more. */
final class Finish {
    private final Session session;

    Finish(Session session) {
        this.session = session;
    }

    /**
     * Finishes; safe to repeat.
     *
     * @param changed journals of the chains that were changed
     * @return warnings
     */
    List<String> run(Collection<Journal> changed) throws IOException {
        session.configuration().checkpoint().reached("finishing");
        return collect();
    }

    /** Lets go of instances and files that nothing needs. */
    List<String> collect() throws IOException {
        Collection<Journal> journals = session.state().journals().all().values();
        Garbage.Found found = new Garbage(session.kernel(), session.state().chains())
                .find(session.live().all(), journals);
        for (String id : found.unneeded()) {
            PinnedInstance instance = session.live().find(id).orElseThrow();
            session.kernel().forget(instance);
            session.live().remove(id);
            session.configuration().bpffs().remove(id);
            session.configuration().checkpoint().reached("instance-removed");
        }
        Set<String> digests = session.live().all().stream()
                .flatMap(i -> i.programs().stream())
                .map(p -> p.identity().objectDigest())
                .collect(Collectors.toSet());
        session.state().collectGarbage(digests);
        session.configuration().checkpoint().reached("garbage-collected");
        return found.warnings();
    }
}
