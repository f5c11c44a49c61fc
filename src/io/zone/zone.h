/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones by name: those of the tz database lie in files of the system (package tzdata). */
#pragma once
#include "codec/datetime.h"

struct arena;

/* UTC, a distance to it ("+05:30"), or a zone of the tz database ("America/Denver"), whose file is read onto the arena
 * from the folder that TZDIR names in the environment, else /usr/share/zoneinfo. False when there is no such zone, its
 * file is not to be read, or the arena failed. Reads a file of some KB: not for every request. */
MUST_USE bool zone_find(struct arena *arena, str name, struct datetime_zone *ret);
