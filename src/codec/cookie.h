/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies (RFC 6265): the Cookie header read, a Set-Cookie value written. */
#pragma once
#include "base/str.h"

/* The value of the first cookie called name in a Cookie header (s4.2.1), without quotes; false when
 * absent or when the value has bytes outside cookie-octet. */
MUST_USE bool cookie_get(str header, str name, str *ret);

struct cookie {
    str name, value;   /* name: a token; value: cookie-octets */
    str path;          /* "/" if empty */
    int64_t max_age_s; /* below 0: a session cookie; 0: delete */
    bool is_secure, is_http_only;
    enum { COOKIE_LAX, COOKIE_STRICT, COOKIE_NONE } same_site;
    str domain; /* that and all names below it; empty: the host that sets it, alone */
};

/* The broadest domain that a cookie of this host can be for, "example.com" for "id.example.com" (where the last two labels are
 * a public suffix, one more); empty for single labels and addresses, whose cookies are their own. */
str cookie_domain(str host);
/* A cookie that a host sets for its cookie_domain is sent to the other host, too (RFC 6265 s5.1.3). */
bool cookie_reaches(str from, str host);
/* The header value (s4.1.1); the empty slice if name, value, domain or path has a forbidden byte, the name is
 * empty, or name and value exceed the 4096 bytes that browsers keep (s6.1). */
str cookie_format(struct arena *arena, const struct cookie *cookie);
