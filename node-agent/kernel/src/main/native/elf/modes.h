// SPDX-License-Identifier: Apache-2.0
#ifndef BPFCHAIN_MODES_H
#define BPFCHAIN_MODES_H

#include "object.h"

/* Body of the request: text path. */
bool inspect(struct input *request, struct output *response, struct refusal *refusal);

/*
 * Body of the request: text path, text directory (made by the load, and filled with pins; the parent takes it from there),
 * u32 count of functions, each: text name, u32 program type, u32 expected attach type, bytes identity, text pin name;
 * u32 count of maps, each: text name, text pin name, u32 1 (create), u32 added flags, u32 has value, bytes value
 *                                               or u32 2 (reuse), text path of the pin.
 * A refusal carries, after its own fields, what put_load_details puts.
 */
bool load(struct input *request, struct output *response, struct refusal *refusal);

/*
 * u32 errno of making a small map (0 = made), u64 RLIMIT_MEMLOCK, u32 possible CPUs, u32 1 + index of the first function whose types this kernel does not
 * know (0 = none), bytes verifier log, u32 log was cut; the same after every refusal, empty after one of `inspect`.
 */
void put_load_details(struct output *response);

#endif
