/** What people and machines are shown: changes, chains, maps and the tree. Reads only. */
@NullMarked
package io.bpfchain.agent.view;

import org.jspecify.annotations.NullMarked;
