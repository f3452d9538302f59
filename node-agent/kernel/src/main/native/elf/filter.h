// SPDX-License-Identifier: Apache-2.0
#ifndef BPFCHAIN_FILTER_H
#define BPFCHAIN_FILTER_H

#include <stdbool.h>

#include "wire.h"

/* Lets only the system calls through that the mode needs; the others are trapped. Cannot be undone. False with errno set. */
bool install_filter(enum mode mode);

#endif
