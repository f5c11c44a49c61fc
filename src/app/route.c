/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the row of a request. Paths match as written: no decoding, no dot segments, no double
 * slashes, so that two readers of a path can never disagree. */
#include "app/route.h"

enum { MAX_ROUTES = 512, MAX_PLACES = 1024, NONE = -1 };

/* The rows as a tree of segments, so that a path is compared with a few of them and not with every row. Numbers, not
 * pointers: place 0 is the root, an end is a row that ends at a place, in the order of the table. */
static struct tree {
    struct place {
        str segment; /* empty: a parameter, which takes any */
        int child, next, end;
    } places[MAX_PLACES];
    struct end {
        bool is_left_out; /* ends before its last parameter, {x?} */
        int next;
    } ends[2 * MAX_ROUTES];
    int place_count;
} tree;

/* What is looked for, and what was seen on the way. */
struct look {
    enum http_method method;
    struct rq *rq;
    unsigned methods; /* of the rows that have the path, a bit each; 0: none has it */
};

static bool
is_parameter(str segment)
{
    return segment.n > 2 && segment.p[0] == '{';
}

/* The next segment of a path that begins with a slash. */
static str
next_segment(str *path)
{
    str rest = str_skip(*path, 1), segment = str_head(rest, str_find(rest, '/'));

    *path = str_skip(rest, segment.n);
    return segment;
}

/* Literal segments come before the parameter, whatever the order of the table. */
static int
place_under(int parent, str segment)
{
    int *link = &tree.places[parent].child;

    while (*link != NONE && tree.places[*link].segment.n
           && !str_eq(tree.places[*link].segment, segment)) {
        link = &tree.places[*link].next;
    }
    if (*link == NONE || !str_eq(tree.places[*link].segment, segment)) {
        int made = tree.place_count++;
        CHECK(made < MAX_PLACES);
        tree.places[made] = (struct place){segment, NONE, *link, NONE};
        *link = made;
    }
    return *link;
}

static void
add_end(int place, int end, bool is_left_out)
{
    int *link = &tree.places[place].end;

    while (*link != NONE) {
        link = &tree.ends[*link].next;
    }
    tree.ends[end] = (struct end){is_left_out, NONE};
    *link = end;
}

static void
add_row(int row, str path)
{
    int place = 0;

    while (path.n) {
        str segment = next_segment(&path);
        if (is_parameter(segment) && str_ends(segment, S("?}"))) {
            add_end(place, 2 * row + 1, true);
        }
        place = place_under(place, is_parameter(segment) ? NO_STR : segment);
    }
    add_end(place, 2 * row, false);
}

void
route_init(void)
{
    const struct route *rows;
    size_t count;

    route_describe();
    rows = route_all(&count);
    CHECK(count <= MAX_ROUTES);
    tree.places[0] = (struct place){NO_STR, NONE, NONE, NONE};
    tree.place_count = 1;
    for (size_t i = 0; i < count; i++) {
        add_row((int)i, str_from(rows[i].path));
    }
}

static bool
takes(const struct route *row, enum http_method method)
{
    return row->method == method || (method == HTTP_OPTIONS && row->cors != CORS_NO);
}

static bool
add_segment(struct rq *rq, str segment)
{
    if (rq->segment_count >= RQ_MAX_SEGMENTS) {
        return false;
    }
    rq->segments[rq->segment_count++] = segment;
    return true;
}

/* The path ends here, or with a slash, which only stands for a parameter that was left out. */
static const struct route *
ends_here(int place, bool has_slash, struct look *look)
{
    size_t count;
    const struct route *rows = route_all(&count);

    for (int i = tree.places[place].end; i != NONE; i = tree.ends[i].next) {
        const struct route *row = &rows[i / 2];
        if (has_slash && !tree.ends[i].is_left_out) {
            continue;
        }
        look->methods |= 1U << row->method;
        if (row->cors != CORS_NO) {
            look->methods |= 1U << HTTP_OPTIONS;
        }
        if (takes(row, look->method)) {
            return !tree.ends[i].is_left_out || add_segment(look->rq, NO_STR) ? row : NULL;
        }
    }
    return NULL;
}

/* The row of a path below a place; a literal segment is tried before a parameter. As deep as the table's longest path. */
static const struct route *
find_below(int place, str path, struct look *look)
{
    size_t segment_count = look->rq->segment_count;
    const struct route *row = NULL;
    str segment;

    if (path.n == 0 || (path.n == 1 && path.p[0] == '/')) {
        return ends_here(place, path.n == 1, look);
    }
    segment = next_segment(&path);
    for (int i = tree.places[place].child; i != NONE && segment.n; i = tree.places[i].next) {
        bool is_any = tree.places[i].segment.n == 0;
        if (is_any ? !add_segment(look->rq, segment) : !str_eq(tree.places[i].segment, segment)) {
            continue;
        }
        row = find_below(i, path, look);
        if (row != NULL) {
            return row;
        }
        look->rq->segment_count = segment_count;
    }
    return NULL;
}

static const struct route *
find_in_table(enum http_method method, str path, struct rq *rq, int *ret_status)
{
    struct look look = {method == HTTP_HEAD ? HTTP_GET : method, rq, 0};
    const struct route *row;

    rq->segment_count = 0;
    row = path.n && path.p[0] == '/' ? find_below(0, path, &look) : NULL;
    *ret_status = look.methods ? 405 : 404;
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

str
route_methods(struct arena *a, str path)
{
    static const struct {
        enum http_method method, as;
        const char *name;
    } names[] = {{HTTP_GET, HTTP_GET, "GET"}, {HTTP_HEAD, HTTP_GET, "HEAD"},
        {HTTP_POST, HTTP_POST, "POST"}, {HTTP_PUT, HTTP_PUT, "PUT"},
        {HTTP_PATCH, HTTP_PATCH, "PATCH"}, {HTTP_DELETE, HTTP_DELETE, "DELETE"},
        {HTTP_OPTIONS, HTTP_OPTIONS, "OPTIONS"}};
    struct rq scratch = {.now = 0};
    struct look look = {HTTP_OTHER, &scratch, 0}; /* no row takes it: all are seen */
    struct uuid tenant;
    struct buf buf;
    str text = NO_STR;

    (void)cut_tenant(&path, &tenant);
    CHECK(find_below(0, path, &look) == NULL);
    buf_init(&buf, a, 64);
    for (size_t i = 0; i < COUNT(names); i++) {
        if (look.methods & 1U << names[i].as) {
            buf_fmt(&buf, "%s%s", buf.n ? ", " : "", names[i].name);
        }
    }
    return buf_done(&buf, &text) ? text : NO_STR;
}

bool
route_means_patch(const struct http_request *request)
{
    size_t said = 0;
    bool is_meant = false;

    if (request->method != HTTP_POST || !str_starts(request->path, S("/api/"))) {
        return false;
    }
    for (size_t i = 0; i < request->header_count; i++) {
        if (str_eq(request->headers[i].name, S("x-http-method-override"))) {
            said++;
            is_meant = str_eq(request->headers[i].value, S("PATCH"));
        }
    }
    return said == 1 && is_meant;
}
