/**
 * What one machine remembers: objects and entry lists by digest, the revisions of chains, and a journal for each chain that says
 * what its hooks shall run. Every file is written beside its place, synced, renamed and its directory synced, so a reader sees the
 * whole old or the whole new file whatever happens. A file that cannot be read or understood is an error and never an absence.
 */
@NullMarked
package io.bpfchain.agent.state;

import org.jspecify.annotations.NullMarked;
