// SPDX-License-Identifier: Apache-2.0
/*
 * What becomes of the system calls that the filter traps. libbpf opens some files of the kernel by their names: they are opened before
 * the filter is in force, and a trapped open gets a copy of that descriptor; to others it is as if there were no file. Every other
 * trapped call is named on standard error and ends the process.
 */
#ifndef BPFCHAIN_TRAP_H
#define BPFCHAIN_TRAP_H

#include <stdbool.h>

/* Opens what libbpf may ask for while it loads; what is missing will be missing then. */
void open_kernel_files(void);

/* False with errno set. */
bool handle_traps(void);

#endif
