/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns are taken apart as URLs are, with "x" in the place of each asterisk and "1" in that of a port: one parser for
 * both, so that the two cannot differ about where a part ends. Deviations from FusionAuth: public suffixes of two labels
 * (*.co.uk) are refused, and what an asterisk stands for is letters, digits and - . _ ~ at most. */
#include "codec/url_wild.h"

#include "codec/url.h"

enum { LABELS_MIN = 3, LABEL_MAX = 63 };

bool
url_wild_is(str text)
{
    return str_find(text, '*') < text.n;
}

/* A port is digits, so its asterisk is told by the colon before it and what ends an authority behind it. */
static bool
is_port(str text, size_t at)
{
    char after = at + 1 < text.n ? text.p[at + 1] : '/';

    return at > 0 && text.p[at - 1] == ':' && (after == '/' || after == '?' || after == '#');
}

bool
url_wild_sample(str pattern, char *to, size_t max, str *ret)
{
    if (pattern.n > max) {
        return false;
    }
    for (size_t i = 0; i < pattern.n; i++) {
        char c = pattern.p[i];
        to[i] = c != '*' ? c : is_port(pattern, i) ? '1' : 'x';
    }
    *ret = (str){to, pattern.n};
    return true;
}

static size_t
count_of(str text, char c)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        n += text.p[i] == c;
    }
    return n;
}

bool
url_wild_is_public(str name)
{
    static const char *const words[] = {"ac", "co", "com", "edu", "gob", "gov", "gouv", "go",
        "govt", "id", "info", "ltd", "me", "mil", "ne", "net", "nom", "or", "org", "plc", "sch",
        "web"};
    size_t dot = str_find(name, '.');
    str label = str_head(name, dot);

    if (name.n - dot != 3) {
        return false;
    }
    for (size_t i = 0; i < COUNT(words); i++) {
        if (str_ieq(label, str_from(words[i]))) {
            return true;
        }
    }
    return false;
}

static bool
is_host_ok(str host)
{
    size_t dot = str_find(host, '.');
    str rest = str_skip(host, dot + 1);
    char last = host.n ? host.p[host.n - 1] : '.';

    if (!url_wild_is(host)) {
        return true;
    }
    return count_of(host, '*') == 1 && str_find(host, '*') < dot && !url_wild_is(rest)
           && count_of(host, '.') + 1 >= LABELS_MIN && rest.n > 0 && rest.p[0] != '.' && last != '.'
           && !(last >= '0' && last <= '9') && host.p[0] != '[' && !url_wild_is_public(rest);
}

static bool
is_path_ok(str path)
{
    str segment;

    while (str_cut(&path, '/', &segment)) {
        if (count_of(segment, '*') > 1) {
            return false;
        }
    }
    return true;
}

static bool
is_query_ok(str query)
{
    str pair;

    while (str_cut(&query, '&', &pair)) {
        size_t equals = str_find(pair, '=');
        str value = str_skip(pair, equals + 1);

        if (url_wild_is(str_head(pair, equals)) || (url_wild_is(value) && !str_eq(value, S("*")))) {
            return false;
        }
    }
    return true;
}

/* The pattern's own text of a part of its sample, which is as long and lies as far from the start. */
static str
own(str pattern, str sample, str part)
{
    return part.p ? (str){pattern.p + (part.p - sample.p), part.n} : NO_STR;
}

/* The parts of the pattern, with the asterisks in them; false when they cannot be told. */
static bool
take_apart(str pattern, struct url *ret)
{
    char text[URL_MAX_BYTES];
    struct url url;
    str sample;

    if (!url_wild_sample(pattern, text, sizeof text, &sample) || !url_parse(sample, &url)
        || (!str_eq(url.scheme, S("https")) && !str_eq(url.scheme, S("http"))) || url.has_userinfo
        || url.has_fragment) {
        return false;
    }
    *ret = url;
    ret->scheme = own(pattern, sample, url.scheme);
    ret->userinfo = ret->fragment = NO_STR;
    ret->host = own(pattern, sample, url.host);
    ret->port = own(pattern, sample, url.port);
    ret->path = own(pattern, sample, url.path);
    ret->query = own(pattern, sample, url.query);
    return !url_wild_is(ret->scheme) && is_host_ok(ret->host)
           && (!url_wild_is(ret->port) || str_eq(ret->port, S("*"))) && is_path_ok(ret->path)
           && is_query_ok(ret->query);
}

bool
url_wild_ok(str pattern)
{
    struct url url;

    return url_wild_is(pattern) && take_apart(pattern, &url);
}

/* ---- matching ---- */

static bool
is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* What stands for an asterisk: at least one character, of letters, digits and others. */
static bool
is_made_of(str text, const char *others)
{
    for (size_t i = 0; i < text.n; i++) {
        if (!is_alnum(text.p[i]) && str_find(str_from(others), text.p[i]) == strlen(others)) {
            return false;
        }
    }
    return text.n > 0;
}

/* A part with at most one asterisk. */
static bool
is_part_matched(str pattern, str text, const char *others)
{
    size_t star = str_find(pattern, '*');
    str before = str_head(pattern, star), after = str_skip(pattern, star + 1);

    if (star == pattern.n) {
        return str_eq(pattern, text);
    }
    return text.n > before.n + after.n && str_starts(text, before) && str_ends(text, after)
           && is_made_of((str){text.p + before.n, text.n - before.n - after.n}, others);
}

static bool
is_host_matched(str pattern, str host)
{
    size_t dot = str_find(host, '.');

    if (!url_wild_is(pattern)) {
        return str_eq(pattern, host);
    }
    return dot <= LABEL_MAX && host.p[0] != '-' && dot > 0 && host.p[dot - 1] != '-'
           && str_eq(str_skip(pattern, str_find(pattern, '.')), str_skip(host, dot))
           && is_part_matched(str_head(pattern, str_find(pattern, '.')), str_head(host, dot), "-");
}

static bool
is_port_matched(str pattern, str port)
{
    if (!str_eq(pattern, S("*"))) {
        return (pattern.p == NULL) == (port.p == NULL) && str_eq(pattern, port);
    }
    return port.n > 0 && port.p[0] != '0';
}

static bool
is_path_matched(str pattern, str path)
{
    str a, b;

    while (str_cut(&pattern, '/', &a)) {
        if (!str_cut(&path, '/', &b) || !is_part_matched(a, b, "-._~")
            || (url_wild_is(a) && (str_eq(b, S(".")) || str_eq(b, S(".."))))) {
            return false;
        }
    }
    return path.p == NULL;
}

static bool
is_query_matched(str pattern, str query)
{
    str a, b;

    while (str_cut(&pattern, '&', &a)) {
        if (!str_cut(&query, '&', &b) || !is_part_matched(a, b, "-._~")) {
            return false;
        }
    }
    return query.p == NULL;
}

bool
url_wild_matches(str pattern, str text)
{
    struct url wild, url;

    return url_wild_is(pattern) && !url_wild_is(text) && take_apart(pattern, &wild)
           && url_parse(text, &url) && !url.has_userinfo && !url.has_fragment
           && str_eq(wild.scheme, url.scheme) && is_host_matched(wild.host, url.host)
           && is_port_matched(wild.port, url.port) && is_path_matched(wild.path, url.path)
           && wild.has_query == url.has_query && is_query_matched(wild.query, url.query);
}
