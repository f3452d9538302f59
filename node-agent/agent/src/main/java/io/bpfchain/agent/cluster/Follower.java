package io.bpfchain.agent.cluster;

import io.bpfchain.agent.cluster.ClusterApi.Fetched;
import io.bpfchain.agent.cluster.ClusterApi.Identity;
import io.bpfchain.agent.cluster.ClusterApi.NodeObject;
import io.bpfchain.agent.state.StateException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * Hands what the node's newest object assigns to {@link Keeper}, once it is known which Node of which cluster this machine is and
 * {@link Instructions} says that it is for it. For one thread.
 */
final class Follower {
    private final AgentSettings settings;
    private final ClusterApi api;
    private final Keeper keeper;
    private final Logger log;

    private Optional<Identity> identity = Optional.empty();
    private Optional<NodeObject> object = Optional.empty();
    private Instant due = Instant.MIN;
    private String ignored = "";

    Follower(AgentSettings settings, ClusterApi api, Keeper keeper, Logger log) {
        this.settings = settings;
        this.api = api;
        this.keeper = keeper;
        this.log = log;
    }

    /** The newest object; empty where there is none, or none was seen yet. */
    Optional<NodeObject> object() {
        return object;
    }

    void seen(NodeObject newest) {
        object = Optional.of(newest);
        due = Instant.MIN;
    }

    /** The object was deleted, which instructs nobody. */
    void gone() {
        object = Optional.empty(); // nobody to tell
        log.atWarn().log("the CgroupProgramNode of this node is gone; that is no instruction, and everything stays");
    }

    /** When {@link #follow} has something to do; {@link Instant#MAX} where nothing is. */
    Instant due() {
        return object.isEmpty() ? Instant.MAX : due;
    }

    /** Acts on the newest object; returns whether it was one to follow, so that it is to be reported on. */
    boolean follow(Instant now) {
        if (object.isEmpty() || due.isAfter(now)) {
            return false;
        }
        return switch (identity(object.get())) {
            case Fetched.Found<Identity>(Identity found) -> {
                identity = Optional.of(found);
                due = Instant.MAX;
                yield decided(object.get(), found, now);
            }
            case Fetched.Missing<Identity> _ -> waitForIdentity("there is no Node " + settings.node(), now);
            case Fetched.Unavailable<Identity>(String why) -> waitForIdentity(why, now);
        };
    }

    /** As it is known; where the object is for another Node than that, as the Node says: it may have been made anew since. */
    private Fetched<Identity> identity(NodeObject seen) {
        Fetched<Identity> known =
                identity.<Fetched<Identity>>map(Fetched.Found::new).orElseGet(api::identity);
        return known instanceof Fetched.Found<Identity>(Identity found)
                        && !found.nodeUid().equals(seen.spec().nodeUID())
                ? api.identityOfNode()
                : known;
    }

    private boolean waitForIdentity(String why, Instant now) {
        again(now);
        ignore("it is not known which Node of which cluster this is: " + why);
        return false;
    }

    private void again(Instant now) {
        due = now.plus(settings.again());
    }

    private boolean decided(NodeObject seen, Identity found, Instant now) {
        try {
            return decide(seen, found, now);
        } catch (StateException e) {
            again(now);
            ignore("they could not be written down: " + e.getMessage());
            return false;
        }
    }

    private boolean decide(NodeObject seen, Identity found, Instant now) {
        return switch (Instructions.decide(keeper.memory(), seen, found, settings.machineId())) {
            case Instructions.Decision.Ignore(String why) -> {
                ignore(why);
                yield false;
            }
            case Instructions.Decision.Follow(NodeMemory next) -> {
                ignored = "";
                if (!Optional.of(next).equals(keeper.memory())) {
                    keeper.assign(next, now);
                    tellUnlisted(next);
                    log.atInfo()
                            .addKeyValue("chains", next.spec().assignments().size())
                            .log("follows new assignments");
                }
                yield true;
            }
        };
    }

    private void tellUnlisted(NodeMemory next) {
        if (!next.unlisted().isEmpty()) {
            log.atWarn()
                    .addKeyValue("chains", String.join(", ", next.unlisted()))
                    .log(
                            "the CgroupProgramNode of this node was made anew or set back, and says nothing of chains that were assigned"
                                    + " before; they are kept. To have them taken out, make the chains again and delete them");
        }
    }

    private void ignore(String why) {
        if (!why.equals(ignored)) {
            log.atWarn().addKeyValue("why", why).log("the assignments are not followed; everything is kept as it is");
            ignored = why;
        }
    }
}
