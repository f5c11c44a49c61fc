/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies (RFC 6265). Reading is as strict as s4.1.1 about values and lenient about the space around
 * a semicolon; writing refuses whatever a browser could read differently (s4.1.1, s6.1). */
#include "codec/cookie.h"

#include "base/buf.h"
#include "codec/url_wild.h"

enum { MAX_PAIR_BYTES = 4096 }; /* name and value: what browsers must keep, RFC 6265 s6.1 */

/* cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E ; RFC 6265 s4.1.1 */
static bool
is_cookie_octet(char c)
{
    return c > ' ' && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\';
}

/* token = 1*<any CHAR except CTLs or separators> ; RFC 2616 s2.2, as RFC 6265 s4.1.1 asks */
static bool
is_token_char(char c)
{
    static const char separators[] = "()<>@,;:\\\"/[]?={}";

    return c > ' ' && c < 0x7F && strchr(separators, c) == NULL;
}

/* path-value = <any CHAR except CTLs or ";"> ; RFC 6265 s4.1.1 */
static bool
is_path_char(char c)
{
    return c >= ' ' && c < 0x7F && c != ';';
}

static bool
is_all(str s, bool (*is)(char c))
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is(s.p[i])) {
            return false;
        }
    }
    return true;
}

/* cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE ) ; RFC 6265 s4.1.1 */
static bool
take_value(str value, str *ret)
{
    if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"') {
        value = (str){value.p + 1, value.n - 2};
    }
    if (!is_all(value, is_cookie_octet)) {
        return false;
    }
    *ret = value;
    return true;
}

bool
cookie_get(str header, str name, str *ret)
{
    str pair;

    while (str_cut(&header, ';', &pair)) {
        size_t equals = str_find(pair, '=');
        if (equals < pair.n && str_eq(str_trim(str_head(pair, equals)), name)) {
            return take_value(str_trim(str_skip(pair, equals + 1)), ret);
        }
    }
    return false;
}

static bool
is_host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
           || c == '.';
}

/* The part of the name behind its last count dots less one; the whole name if it has fewer labels. */
static str
last_labels(str name, size_t count)
{
    size_t at = name.n;

    while (at > 0 && (name.p[at - 1] != '.' || --count > 0)) {
        at--;
    }
    return str_skip(name, at);
}

str
cookie_domain(str host)
{
    str name = last_labels(host, 2);
    char last = host.n ? host.p[host.n - 1] : '.';

    if (str_find(name, '.') == name.n || name.p[0] == '.' || last == '.'
        || (last >= '0' && last <= '9') || !is_all(host, is_host_char)) {
        return NO_STR;
    }
    if (url_wild_is_public(name)) {
        name = last_labels(host, 3);
        return url_wild_is_public(name) ? NO_STR : name; /* the suffix itself is nobody's */
    }
    return name;
}

bool
cookie_reaches(str from, str host)
{
    str domain = cookie_domain(from), above;

    if (host.n == 0 || str_ieq(from, host) || domain.n == 0) {
        return host.n > 0 && str_ieq(from, host);
    }
    if (host.n <= domain.n) {
        return str_ieq(host, domain);
    }
    above = str_head(host, host.n - domain.n);
    return above.p[above.n - 1] == '.' && str_ieq(str_skip(host, above.n), domain);
}

static bool
is_writable(const struct cookie *cookie)
{
    return cookie->name.n && is_all(cookie->name, is_token_char)
           && is_all(cookie->value, is_cookie_octet)
           && cookie->name.n + cookie->value.n <= MAX_PAIR_BYTES
           && is_all(cookie->domain, is_host_char) && cookie->domain.n <= 253
           && is_all(cookie->path, is_path_char) && cookie->path.n <= MAX_PAIR_BYTES;
}

str
cookie_format(struct arena *arena, const struct cookie *cookie)
{
    static const char *const sites[] = {
        [COOKIE_LAX] = "Lax",
        [COOKIE_STRICT] = "Strict",
        [COOKIE_NONE] = "None",
    };
    struct buf buf;
    str text = NO_STR;

    if (!is_writable(cookie)) {
        return NO_STR;
    }
    buf_init(&buf, arena, KB(16));
    buf_str(&buf, cookie->name);
    buf_char(&buf, '=');
    buf_str(&buf, cookie->value);
    buf_lit(&buf, "; Path=");
    buf_str(&buf, cookie->path.n ? cookie->path : S("/"));
    if (cookie->domain.n) {
        buf_lit(&buf, "; Domain=");
        buf_str(&buf, cookie->domain);
    }
    if (cookie->max_age_s >= 0) {
        buf_lit(&buf, "; Max-Age=");
        buf_i64(&buf, cookie->max_age_s);
    }
    buf_str(&buf, cookie->is_secure ? S("; Secure") : S(""));
    buf_str(&buf, cookie->is_http_only ? S("; HttpOnly") : S(""));
    buf_lit(&buf, "; SameSite=");
    buf_str(&buf, str_from(sites[cookie->same_site]));
    return buf_done(&buf, &text) ? text : NO_STR;
}
