/** Tests of the planner by rule, and by random properties against a model of the kernel that knows nothing of the planner. */
@NullMarked
package io.bpfchain.planner;

import org.jspecify.annotations.NullMarked;
