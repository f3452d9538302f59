/**
 * Operator and agent together: both are processes that can be killed, the API server and the kernel are real, and the permissions are the
 * chart's. Depends on everything; nothing depends on it.
 */
@NullMarked
package io.bpfchain.cluster;

import org.jspecify.annotations.NullMarked;
