// SPDX-License-Identifier: Apache-2.0
/* What the process may use: hostile bytes can take it over, so it has little. */
#ifndef BPFCHAIN_CONFINE_H
#define BPFCHAIN_CONFINE_H

#include <stdbool.h>

/* Limits for either mode, and only the capabilities that it needs; the process dies with its parent. False with errno set. */
bool confine(bool loads);

/* From here on the process can compute and write to open descriptors, nothing else: no files, no bpf(2), no signals to others. */
bool seal(void);

#endif
