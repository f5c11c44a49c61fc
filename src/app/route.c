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

enum { MAX_ROUTES = 512, BUCKETS = 256, NO_ROW = -1 };

/* Rows by the fixed text their paths begin with, two segments at most ("/api/user"), in the order of the table. */
static struct {
    str head[MAX_ROUTES];
    int next[MAX_ROUTES], first[BUCKETS];
} found;

/* At most two segments, up to the first parameter. */
static str
head_of(str path, size_t segments)
{
    size_t n = 0;

    for (; segments > 0 && n < path.n && !str_starts(str_skip(path, n), S("/{")); segments--) {
        n += 1 + str_find(str_skip(path, n + 1), '/');
    }
    return str_head(path, n);
}

static size_t
bucket_of(str head)
{
    size_t hash = 5381; /* of our own table: nobody chooses the rows, so it need not be keyed */

    for (size_t i = 0; i < head.n; i++) {
        hash = hash * 33 + (unsigned char)head.p[i];
    }
    return hash % BUCKETS;
}

void
route_init(void)
{
    const struct route *rows;
    size_t count;

    route_describe();
    rows = route_all(&count);
    CHECK(count <= MAX_ROUTES);
    for (size_t i = 0; i < BUCKETS; i++) {
        found.first[i] = NO_ROW;
    }
    for (size_t i = count; i-- > 0;) { /* from the last, so that each list begins with the first */
        size_t bucket;
        found.head[i] = head_of(str_from(rows[i].path), 2);
        bucket = bucket_of(found.head[i]);
        found.next[i] = found.first[bucket];
        found.first[bucket] = (int)i;
    }
}

static bool
takes(const struct route *row, enum http_method method)
{
    return row->method == method || (method == HTTP_OPTIONS && row->cors != CORS_NO);
}

/* The first row of the path that takes the method, or that does not. */
static const struct route *
find_row(str head, enum http_method method, bool is_taken, str path, struct rq *rq)
{
    const struct route *rows;
    size_t count;

    rows = route_all(&count);
    for (int i = found.first[bucket_of(head)]; i != NO_ROW; i = found.next[i]) {
        if (takes(&rows[i], method) == is_taken && str_eq(found.head[i], head)
            && matches(str_from(rows[i].path), path, rq)) {
            return &rows[i];
        }
    }
    return NULL;
}

static const struct route *
find_under(str head, enum http_method method, str path, struct rq *rq, int *ret_status)
{
    enum http_method as = method == HTTP_HEAD ? HTTP_GET : method;
    const struct route *row = find_row(head, as, true, path, rq);

    if (row == NULL && find_row(head, as, false, path, rq) != NULL) {
        *ret_status = 405;
    }
    return row;
}

/* A second segment is a parameter in some rows: those stand under the first alone. */
static const struct route *
find_in_table(enum http_method method, str path, struct rq *rq, int *ret_status)
{
    str two = head_of(path, 2), one = head_of(path, 1);
    const struct route *row;

    *ret_status = 404;
    row = find_under(two, method, path, rq, ret_status);
    if (row == NULL && one.n != two.n) {
        row = find_under(one, method, path, rq, ret_status);
    }
    return row;
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
