/* SPDX-License-Identifier: Apache-2.0 */
/* Instants written by a pattern of Java's DateTimeFormatter, as FusionAuth's exports take them.
 *
 * Letters: y u (year), M L (month), d (day), E (weekday), a (AM or PM), H k K h (hour), m, s, S (fraction), z (what
 * the zone is called then: MDT), VV (the zone), Z x X (offset), '...' as written, '' for a quote. Refused: other letters,
 * optional parts, padding. Zones: UTC, what is at a fixed distance to it ("+05:30", "UTC-8"), and those of the tz database
 * (io/zone finds their files). */
#pragma once
#include "base/buf.h"
#include "codec/tzif.h"

enum { DATETIME_ZONE_NAME = 64 };
struct datetime_zone {
    int offset_min;                /* where has_rules is false */
    char name[DATETIME_ZONE_NAME]; /* "UTC", "+05:30", "America/Denver" */
    bool has_rules;
    struct tzif rules;
};

/* "UTC", "GMT", "Z", "Etc/UTC", "+2", "+05:30", "UTC+02:00"; false for all others. */
MUST_USE bool datetime_zone(str text, struct datetime_zone *ret);
/* What clocks of the zone show at an instant, as an instant of UTC that shows the same. */
int64_t datetime_local(const struct datetime_zone *zone, int64_t instant_ms);
/* Writes instant_ms by pattern; false when the pattern is refused (then part of it may be written). */
MUST_USE bool datetime_format(
    struct buf *buf, str pattern, int64_t instant_ms, const struct datetime_zone *zone);
