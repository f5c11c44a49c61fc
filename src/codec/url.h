/* SPDX-License-Identifier: Apache-2.0 */
/* Absolute URIs (RFC 3986 s4.3 and fragments), split and judged, never normalised. */
#pragma once
#include "base/buf.h"
#include "base/str.h"

enum { URL_MAX_BYTES = 2048 };

struct url {
    str scheme, userinfo, host, port, path, query, fragment; /* as written; host keeps its [ ] */
    bool has_authority, has_userinfo, has_query, has_fragment;
};

/* Splits text; false for anything outside RFC 3986's grammar (so: no spaces, controls, backslash,
 * non-ASCII, bad escapes, port over 65535) or longer than URL_MAX_BYTES. http and https need a host
 * with no escapes that does not merely look like an IPv4 address. port.p is NULL without a colon. */
MUST_USE bool url_parse(str text, struct url *ret);
/* True for 127.0.0.0/8 and [::1] as literals, not for names. */
bool url_is_loopback(const struct url *url);
/* Appends "name=value" (encoded) to a URL in buf, with ? or & as fits the text written so far. A buf
 * still empty gets base first, without its fragment. */
void url_add_query(struct buf *buf, str base, str name, str value);
/* scheme://host[:port] of a URL, the default port left out (RFC 6454 s6.2); empty on failure. */
str url_origin(struct arena *arena, const struct url *url);
