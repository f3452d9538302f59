/**
 * A real Kubernetes API server for tests, the same for every module: this module's test-jar has it, and a module that uses it also
 * needs {@code kubernetes-client}, {@code kubernetes-httpclient-jdk} and {@code testcontainers-k3s} in test scope, because Maven does
 * not hand on what tests depend on. It stands here because the API's own module is below every other that talks to an API server.
 *
 * <p>{@code @ExtendWith(WithTestCluster.class)} gives a test class a {@link io.bpfchain.crds.testing.TestCluster} parameter; one
 * cluster serves all test classes of a JVM. Which one it is, and why not another, is printed:
 *
 * <ol>
 *   <li>what {@code KUBECONFIG} names; when that does not answer, the tests fail: nobody who names a cluster means another one;
 *   <li>k3s in a container, where a Docker engine answers and has the image (nothing is pulled);
 *   <li>the project's own {@code scripts/cluster}: the one that runs, or a control plane that is stopped at the end.
 * </ol>
 *
 * Tests change cluster-wide objects. They refuse a cluster that has chains which they did not make.
 */
@NullMarked
package io.bpfchain.crds.testing;

import org.jspecify.annotations.NullMarked;
