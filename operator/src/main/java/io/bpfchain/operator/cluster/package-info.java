/** What the operator knows of the cluster, and what it has decided: the objects that it watches, and tables in memory. */
@NullMarked
package io.bpfchain.operator.cluster;

import org.jspecify.annotations.NullMarked;
