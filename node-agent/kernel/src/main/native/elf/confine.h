// SPDX-License-Identifier: Apache-2.0
/* What the process may use: hostile bytes can take it over, so it has little. */
#ifndef BPFCHAIN_CONFINE_H
#define BPFCHAIN_CONFINE_H

#include <stdbool.h>

#include "wire.h"

/* Limits for either mode, and only the capabilities that it needs; the process dies with its parent. False with errno set. */
bool confine(enum mode mode);

/*
 * Before the first hostile byte is looked at. From here on the process can compute and write to open descriptors; in MODE_LOAD it can
 * also make maps and programs, and pin them in its working directory. No other files, no processes, no sockets, no attaching to hooks
 * (docs/security.md says what is left). Another system call ends it with SIGSYS. NULL, or what failed, with errno set.
 */
const char *seal(enum mode mode);

#endif
