/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT route
#include "unit.h"

#include <stdio.h>

#include "app/route.h"

static void
prepare(void)
{
    route_init();
}

TEST(paths_match_as_written_or_not_at_all, .init = prepare)
{
    static const struct {
        int line;
        enum http_method method;
        const char *path;
        int status; /* 0: found */
    } cases[] = {
        {__LINE__, HTTP_GET, "/oauth2/authorize", 0},
        {__LINE__, HTTP_HEAD, "/oauth2/authorize", 0},
        {__LINE__, HTTP_POST, "/oauth2/token", 0},
        {__LINE__, HTTP_GET, "/oauth2/token", 405},
        {__LINE__, HTTP_OPTIONS, "/oauth2/token", 0},
        {__LINE__, HTTP_OPTIONS, "/oauth2/authorize", 405},
        {__LINE__, HTTP_POST, "/oauth2/token/", 404},
        {__LINE__, HTTP_POST, "/oauth2//token", 404},
        {__LINE__, HTTP_POST, "//oauth2/token", 404},
        {__LINE__, HTTP_POST, "/OAuth2/token", 404},
        {__LINE__, HTTP_POST, "/oauth2/tokens", 404},
        {__LINE__, HTTP_POST, "/oauth2/%74oken", 404},
        {__LINE__, HTTP_POST, "/x/../oauth2/token", 404},
        {__LINE__, HTTP_GET, "/.well-known/openid-configuration", 0},
        {__LINE__, HTTP_GET, "/.well-known/openid-configuration/", 0},
        {__LINE__, HTTP_GET, "/.well-known/openid-configuration/a/b", 404},
        {__LINE__, HTTP_GET, "/.well-known/openid-configurations", 404},
        {__LINE__, HTTP_POST, "/11111111-1111-4111-8111-111111111111/oauth2/token", 0},
        {__LINE__, HTTP_POST, "/11111111-1111-4111-8111-111111111111/signin", 404},
        {__LINE__, HTTP_POST, "/11111111-1111-4111-8111-11111111111/oauth2/token", 404},
        {__LINE__, HTTP_GET, "", 404},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq rq = {.now = 0};
        int status = 0;
        const struct route *row =
            route_find(cases[i].method, str_from(cases[i].path), &rq, &status);
        CHECK_AT(cases[i].line, (row != NULL) == (cases[i].status == 0));
        CHECK_AT(cases[i].line, row != NULL || status == cases[i].status);
    }
}

TEST(rfc9110_10_2_1_a_path_names_its_methods, .init = prepare)
{
    static const struct {
        int line;
        const char *path, *methods;
    } cases[] = {
        {__LINE__, "/oauth2/token", "POST, OPTIONS"},
        {__LINE__, "/11111111-1111-4111-8111-111111111111/oauth2/token", "POST, OPTIONS"},
        {__LINE__, "/oauth2/authorize", "GET, HEAD, POST"},
        {__LINE__, "/api/group", "GET, HEAD, POST"},
        {__LINE__, "/api/group/x", "GET, HEAD, POST, PUT, PATCH, DELETE"},
        {__LINE__, "/api/report/totals", "GET, HEAD"},
        {__LINE__, "/api/nothing", ""},
    };
    struct arena *a = arena_new(KB(16));

    for (size_t i = 0; i < COUNT(cases); i++) {
        str methods = route_methods(a, str_from(cases[i].path));
        CHECK_AT(cases[i].line, str_eq(methods, str_from(cases[i].methods)));
    }
    arena_free(a);
}

TEST(parameters_are_taken_in_their_order, .init = prepare)
{
    struct rq rq = {.now = 0};
    int status;

    REQUIRE(route_find(HTTP_GET, S("/.well-known/openid-configuration/abc"), &rq, &status) != NULL);
    EXPECT(rq.segment_count == 1);
    EXPECT_STR(rq.segments[0], S("abc"));
    REQUIRE(route_find(HTTP_GET, S("/.well-known/openid-configuration"), &rq, &status) != NULL);
    EXPECT(rq.segment_count == 1 && rq.segments[0].n == 0);
    REQUIRE(route_find(
                HTTP_GET, S("/11111111-1111-4111-8111-111111111111/oauth2/userinfo"), &rq, &status)
            != NULL);
    EXPECT(rq.path_tenant.b[0] == 0x11);
}

/* The row's own path, with x at each parameter, or without the last of them. */
static str
example_of(const struct route *row, bool is_left_out, char *to, size_t size)
{
    str rest = str_from(row->path), piece;
    size_t n = 0;

    while (str_cut(&rest, '/', &piece)) {
        bool is_parameter = piece.n && piece.p[0] == '{';
        if (piece.n == 0 || (is_left_out && str_ends(piece, S("?}")))) {
            continue;
        }
        n += (size_t)snprintf(to + n, size - n, "/" STRF, STRV(is_parameter ? S("x") : piece));
    }
    return (str){to, n};
}

TEST(every_row_is_found_by_its_own_path, .init = prepare)
{
    const struct route *rows;
    size_t count;

    rows = route_all(&count);
    for (size_t i = 0; i < count; i++) {
        bool is_optional = str_ends(str_from(rows[i].path), S("?}"));
        for (int left_out = 0; left_out <= is_optional; left_out++) {
            struct rq rq = {.now = 0};
            char text[300];
            int status;
            str path = example_of(&rows[i], left_out, text, sizeof text);
            const struct route *found = route_find(rows[i].method, path, &rq, &status);
            CHECK_AT(__LINE__, found == &rows[i]);
            EXPECT(found != &rows[i] || left_out == 0 || rq.segments[rq.segment_count - 1].n == 0);
        }
    }
}

TEST(every_row_is_whole, .init = prepare)
{
    const struct route *rows;
    size_t count;

    rows = route_all(&count);
    for (size_t i = 0; i < count; i++) {
        EXPECT(rows[i].path[0] == '/' && rows[i].handler != NULL);
        EXPECT(rows[i].method != HTTP_GET || rows[i].max_body == 0);
        for (size_t j = 0; j < i; j++) {
            EXPECT(rows[i].method != rows[j].method || strcmp(rows[i].path, rows[j].path) != 0);
        }
    }
}
