/**
 * JSON files of ours, written and read by hand: strictly, and without the reflection by which a data binder learns the classes in each
 * process anew. Depends on Jackson's parser, generator and nodes.
 */
@NullMarked
package io.bpfchain.agent.json;

import org.jspecify.annotations.NullMarked;
