/* SPDX-License-Identifier: Apache-2.0 */
/* Instants written by a pattern of Java's DateTimeFormatter, as FusionAuth's exports take them.
 *
 * Letters: y u (year), M L (month), d (day), E (weekday), a (AM or PM), H k K h (hour), m, s, S (fraction), z and
 * VV (zone's name), Z x X (offset), '...' as written, '' for a quote. Refused: other letters, optional parts,
 * padding. Zones: UTC and what is at a fixed distance to it ("+05:30", "UTC-8"); no zone by its city. */
#pragma once
#include "base/buf.h"

struct datetime_zone {
    int offset_min;
    char name[16]; /* "UTC", "+05:30" */
};

/* "UTC", "GMT", "Z", "Etc/UTC", "+2", "+05:30", "UTC+02:00"; false for all others. */
MUST_USE bool datetime_zone(str text, struct datetime_zone *ret);
/* Writes instant_ms by pattern; false when the pattern is refused (then part of it may be written). */
MUST_USE bool datetime_format(
    struct buf *buf, str pattern, int64_t instant_ms, const struct datetime_zone *zone);
