package io.bpfchain.operator.removal;

import java.util.Optional;

/**
 * What must be known before anything may be taken out.
 *
 * @param synced whether all informers have synced since this process became the leader
 * @param crd the chains' CustomResourceDefinition, read past all caches; empty where it is missing or could not be read
 * @param recordedUid the uid that the CustomResourceDefinition had at the last good sync
 */
public record Guards(boolean synced, Optional<Crd> crd, Optional<String> recordedUid) {
    /** A CustomResourceDefinition. */
    public record Crd(String uid, boolean established, boolean terminating) {}

    /** Why nothing may be taken out at all; empty where something may. */
    public Optional<String> objection() {
        if (!synced) {
            return Optional.of("not everything has been listed since this operator became the leader");
        }
        if (crd.isEmpty()) {
            return Optional.of("the CustomResourceDefinition of the chains is missing or cannot be read");
        }
        if (crd.get().terminating()) {
            return Optional.of("the CustomResourceDefinition of the chains is being deleted");
        }
        return crd.get().established()
                ? Optional.empty()
                : Optional.of("the CustomResourceDefinition of the chains is not Established");
    }

    /** Whether the chains' CustomResourceDefinition is another one than at the last good sync: then an empty list proves nothing. */
    boolean crdIsAnother() {
        return crd.map(Crd::uid).filter(recordedUid.orElse("")::equals).isEmpty();
    }

    /**
     * The uid to record, where it is not recorded yet: a sync is good when nothing objects and every assigned chain is there.
     *
     * @param missing assigned chains that are not there
     */
    public Optional<String> uidToRecord(int missing) {
        return objection().isEmpty() && missing == 0 && crdIsAnother() ? crd.map(Crd::uid) : Optional.empty();
    }
}
