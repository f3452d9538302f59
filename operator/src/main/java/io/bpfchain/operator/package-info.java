/**
 * The operator: from chains to revisions, to what each node is assigned, and back to the status of chains. It never touches a kernel.
 * May depend on {@code io.bpfchain.crds} and the Kubernetes client. Decisions are pure and stand in {@code rollout}, {@code removal}
 * and {@code status}; what talks to the API server carries them out.
 */
@NullMarked
package io.bpfchain.operator;

import org.jspecify.annotations.NullMarked;
