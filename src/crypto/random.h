/* SPDX-License-Identifier: Apache-2.0 */
/* The real source of randomness: RAND_bytes in 4 KiB pools, one per thread, each byte handed out
 * once and wiped. Safe across fork. */
#pragma once
#include "base/rng.h"

/* A process-wide rng that any thread may use. */
struct rng *random_system(void);
