// SPDX-License-Identifier: Apache-2.0
/* What the process may use: hostile bytes can take it over, so it has little. */
#ifndef BPFCHAIN_CONFINE_H
#define BPFCHAIN_CONFINE_H

#include <stdbool.h>

/* Limits for either mode; the process dies with its parent. False where a limit could not be set. */
bool confine(bool loads);

#endif
