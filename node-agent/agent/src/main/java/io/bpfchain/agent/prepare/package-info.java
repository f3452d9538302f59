/**
 * Prepare: everything that can fail is done here, before the first attachment is touched. Sources are fetched and checked by digest,
 * versions computed, objects inspected and loaded in the helper process, maps carried over or made, declared contents written and
 * read back. A refusal leaves nothing behind.
 */
@NullMarked
package io.bpfchain.agent.prepare;

import org.jspecify.annotations.NullMarked;
