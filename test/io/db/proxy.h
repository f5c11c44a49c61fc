/* SPDX-License-Identifier: Apache-2.0 */
/* A proxy in front of the test server that cuts or blocks connections at chosen messages of the protocol: the network as
 * the engine may meet it. It listens on a socket in a folder of its own. */
#pragma once
#include "../../unit.h"

struct proxy;

enum proxy_way { PROXY_TO_SERVER, PROXY_TO_CLIENT };
enum proxy_cut {
    PROXY_BEFORE, /* the message does not arrive */
    PROXY_WITHIN, /* half of it arrives */
    PROXY_AFTER,  /* it arrives, and nothing after it */
    PROXY_CUT_COUNT
};

struct proxy *proxy_start(void);
/* Cuts what stands, NULL-safe. */
void proxy_stop(struct proxy *proxy);
/* The URI of the same database through the proxy, on the arena. */
str proxy_uri(struct proxy *proxy, struct arena *arena, str uri);
/* Cuts the next connections, times of them, at message number n (from 1) in that direction, counted from now or from the
 * first that has the marker in it ("UPDATE commit_mark": a writer); connections that never say it are let be. */
void proxy_cut(struct proxy *proxy, const char *marker, enum proxy_way way, enum proxy_cut cut,
    long n, int times);
/* How often that has happened; it will not any more. */
int proxy_cuts(struct proxy *proxy);
/* Lets nothing through, in either direction, and answers no new connection, until told otherwise. */
void proxy_block(struct proxy *proxy, bool is_blocked);
/* Cuts all connections that stand. */
void proxy_cut_all(struct proxy *proxy);
