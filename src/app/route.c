/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the row of a request. Paths match as written: no decoding, no dot segments, no double
 * slashes, so that two readers of a path can never disagree. */
#include "app/route.h"

/* {x?} may be left out, with or without the slash before it. */
static bool
take_parameter(str pattern, str *path, struct rq *rq)
{
    bool is_optional = pattern.n > 2 && pattern.p[pattern.n - 2] == '?';
    str part;

    if (path->n == 0 || (path->n == 1 && path->p[0] == '/')) {
        *path = NO_STR;
        if (is_optional && rq->segment_count < RQ_MAX_SEGMENTS) {
            rq->segments[rq->segment_count++] = NO_STR;
        }
        return is_optional;
    }
    *path = str_skip(*path, 1);
    part = str_head(*path, str_find(*path, '/'));
    *path = str_skip(*path, part.n);
    if (part.n == 0 || rq->segment_count >= RQ_MAX_SEGMENTS) {
        return false;
    }
    rq->segments[rq->segment_count++] = part;
    return true;
}

static bool
matches(str pattern, str path, struct rq *rq)
{
    rq->segment_count = 0;
    while (pattern.n) {
        str piece = str_head(pattern, 1 + str_find(str_skip(pattern, 1), '/'));
        pattern = str_skip(pattern, piece.n);
        if (piece.n > 2 && piece.p[1] == '{') {
            if (!take_parameter(str_skip(piece, 1), &path, rq)) {
                return false;
            }
        } else {
            if (!str_starts(path, piece) || (path.n > piece.n && path.p[piece.n] != '/')) {
                return false;
            }
            path = str_skip(path, piece.n);
        }
    }
    return path.n == 0;
}

enum { MAX_ROUTES = 512 };

/* The length of each row's text before its first parameter: most rows are told apart by it
 * alone. */
static size_t fixed_n[MAX_ROUTES];

void
route_init(void)
{
    const struct route *rows;
    size_t count;

    route_describe();
    rows = route_all(&count);
    CHECK(count <= MAX_ROUTES);
    for (size_t i = 0; i < count; i++) {
        str path = str_from(rows[i].path);
        size_t brace = str_find(path, '{');
        fixed_n[i] = brace < path.n ? brace - 1
                                    : path.n; /* without the slash: the parameter may be left out */
    }
}

static const struct route *
find_in_table(enum http_method method, str path, struct rq *rq, int *ret_status)
{
    enum http_method as = method == HTTP_HEAD ? HTTP_GET : method;
    const struct route *rows;
    size_t count;

    rows = route_all(&count);
    *ret_status = 404;
    for (size_t i = 0; i < count; i++) {
        if (!str_starts(path, (str){rows[i].path, fixed_n[i]})
            || !matches(str_from(rows[i].path), path, rq)) {
            continue;
        }
        if (rows[i].method == as || (as == HTTP_OPTIONS && rows[i].cors != CORS_NO)) {
            return &rows[i];
        }
        *ret_status = 405;
    }
    return NULL;
}

/* "/{tenantId}/oauth2/token" and the like: the same endpoints under an issuer that has a path
 * (RFC 8414 s3.1). */
static bool
cut_tenant(str *path, struct uuid *ret)
{
    str rest = str_skip(*path, 1 + UUID_TEXT);

    if (path->n < 2 + UUID_TEXT || rest.p[0] != '/'
        || !uuid_parse(str_head(str_skip(*path, 1), UUID_TEXT), ret)
        || !(str_starts(rest, S("/oauth2/")) || str_starts(rest, S("/.well-known/")))) {
        return false;
    }
    *path = rest;
    return true;
}

const struct route *
route_find(enum http_method method, str path, struct rq *rq, int *ret_status)
{
    rq->path_tenant = (struct uuid){{0}};
    if (!cut_tenant(&path, &rq->path_tenant)) {
        rq->path_tenant = (struct uuid){{0}};
    }
    return find_in_table(method, path, rq, ret_status);
}
