/* SPDX-License-Identifier: Apache-2.0 */
/* Requests counted by the row of the table that they met, how they ended and how long they took. Counting takes some tens
 * of nanoseconds and never waits; nothing of what a client sent becomes a name. */
#pragma once
#include "app/route.h"

struct prometheus;
struct traffic;

/* NULL without memory. */
MUST_USE struct traffic *traffic_new(void);
void traffic_free(struct traffic *traffic);
/* A request begins, and ends; route NULL: it met none. */
void traffic_begin(struct traffic *traffic);
void traffic_end(struct traffic *traffic, const struct route *route, int status, int64_t ns);
/* A request was answered before anybody saw it; one of this class came too often from its address. */
void traffic_refuse(struct traffic *traffic, int status);
void traffic_limit(struct traffic *traffic, enum route_rate klass);
/* Writes the families of all this. */
void traffic_write(const struct traffic *traffic, struct prometheus *out);
