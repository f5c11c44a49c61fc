/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT traffic
#include "unit.h"

#include "app/traffic.h"
#include "base/arena.h"
#include "codec/prometheus.h"

static str
shown(const struct traffic *traffic, struct arena *arena)
{
    struct buf buf;
    struct prometheus out = {.out = &buf};
    str text;

    buf_init(&buf, arena, MB(4));
    traffic_write(traffic, &out);
    REQUIRE(buf_done(&buf, &text));
    return text;
}

static bool
shows(str text, const char *line)
{
    return str_find_str(text, str_from(line)) < text.n;
}

static const struct route *
row_of(enum http_method method, const char *path)
{
    struct rq rq = {.now = 0};
    int status;
    const struct route *route = route_find(method, str_from(path), &rq, &status);

    REQUIRE(route != NULL);
    return route;
}

TEST(requests_count_for_their_row_and_their_family, .init = route_init)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(8));
    struct traffic *traffic = traffic_new();
    str text;

    REQUIRE(traffic != NULL);
    for (int i = 0; i < 4; i++) {
        traffic_begin(traffic);
    }
    traffic_end(traffic, row_of(HTTP_GET, "/api/user/x"), 200, 50000);
    traffic_end(traffic, row_of(HTTP_POST, "/api/user/import"), 400, 2000000000);
    traffic_end(traffic, row_of(HTTP_POST, "/signin"), 303, 50000);
    traffic_refuse(traffic, 413);
    traffic_limit(traffic, RATE_LOGIN);
    text = shown(traffic, arena);
    EXPECT(shows(text, "{method=\"GET\",route=\"/api/user/{userId?}\",code=\"2xx\"} 1\n"));
    EXPECT(shows(text, "{method=\"POST\",route=\"/api/user/import\",code=\"4xx\"} 1\n"));
    EXPECT(shows(text, "{method=\"none\",route=\"none\",code=\"4xx\"} 1\n"));
    EXPECT(shows(text, "answers_total{status=\"303\"} 1\n"));
    EXPECT(shows(text, "_bucket{family=\"/api/user\",le=\"1\"} 1\n"));
    EXPECT(shows(text, "_sum{family=\"/api/user\"} 2.000050000\n"));
    EXPECT(shows(text, "_count{family=\"/signin\"} 1\n"));
    EXPECT(!shows(text, "family=\"none\"")); /* refused unread: nobody knows since when */
    EXPECT(shows(text, "in_flight 1\n"));
    EXPECT(shows(text, "limited_total{class=\"login\"} 1\n"));
    EXPECT(shows(text, "limited_total{class=\"api\"} 0\n"));
    traffic_free(traffic);
}

TEST(a_status_that_is_none_is_not_counted, .init = route_init)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(8));
    struct traffic *traffic = traffic_new();
    static const int none[] = {0, 99, 600, -1, 1000000};

    REQUIRE(traffic != NULL);
    for (size_t i = 0; i < COUNT(none); i++) {
        traffic_refuse(traffic, none[i]);
    }
    EXPECT(!shows(shown(traffic, arena), "status="));
    traffic_free(traffic);
}

TEST(everything_at_once_fits_into_an_answer, .init = route_init)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(8));
    struct traffic *traffic = traffic_new();
    size_t count;
    const struct route *rows = route_all(&count);

    REQUIRE(traffic != NULL);
    for (size_t i = 0; i < 5 * count; i++) {
        traffic_end(traffic, &rows[i % count], 100 + 100 * (int)(i / count), 1);
    }
    EXPECT(shown(traffic, arena).n < MB(1));
    traffic_free(traffic);
}
