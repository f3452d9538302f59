/**
 * What the documentation says, compared with the repository that it is about: its links, the reasons that the code gives, the reference of
 * the API. Reads files of the repository; depends on nothing of it.
 */
@NullMarked
package io.bpfchain.crds.docs;

import org.jspecify.annotations.NullMarked;
