/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines: kept in order whatever the order of setting, at most one per connection. */
#define UNIT http_timer
#include "io/http/http_internal.h"

#include "test/unit.h"

enum { CONNS = 50 };

static struct http_server server;
static struct http_loop loop;
static struct http_conn conns[CONNS];

static void
prepare(void)
{
    server.config = (struct http_config){.head_timeout_ms = 10,
        .body_timeout_ms = 20,
        .idle_timeout_ms = 60,
        .write_timeout_ms = 30};
    loop.server = &server;
    loop.now_ms = 1000;
    for (size_t i = 0; i < CONNS; i++) {
        conns[i].loop = &loop;
    }
}

TEST(each_kind_has_its_duration_and_the_soonest_is_next)
{
    prepare();
    EXPECT(http_timer_next(&loop) == INT64_MAX);
    http_timer_start(&conns[0], HTTP_TIMER_IDLE);
    EXPECT(http_timer_next(&loop) == 1060);
    http_timer_start(&conns[1], HTTP_TIMER_WRITE);
    EXPECT(http_timer_next(&loop) == 1030);
    http_timer_start(&conns[2], HTTP_TIMER_BODY);
    EXPECT(http_timer_next(&loop) == 1020);
    http_timer_start(&conns[3], HTTP_TIMER_HEAD);
    EXPECT(http_timer_next(&loop) == 1010);
    http_timer_stop(&conns[3]);
    http_timer_stop(&conns[3]);
    EXPECT(http_timer_next(&loop) == 1020);
    http_timer_start(&conns[2], HTTP_TIMER_IDLE); /* setting one replaces the other */
    EXPECT(http_timer_next(&loop) == 1030);
    http_timer_stop(&conns[1]);
    http_timer_stop(&conns[0]);
    EXPECT(http_timer_next(&loop) == 1060);
    http_timer_stop(&conns[2]);
    EXPECT(http_timer_next(&loop) == INT64_MAX);
}

TEST(a_list_stays_sorted_when_deadlines_come_in_any_order)
{
    struct unit_rng rng = unit_rng_new(7);
    uint8_t random[2];

    prepare();
    for (int round = 0; round < 2000; round++) {
        int64_t last = 0;

        rng_fill(&rng.rng, random, sizeof random);
        if (random[1] < 64) {
            http_timer_stop(&conns[random[0] % CONNS]);
        } else {
            http_timer_set(&conns[random[0] % CONNS], HTTP_TIMER_BODY, random[1]);
        }
        for (struct http_conn *c = loop.timers[HTTP_TIMER_BODY].first; c; c = c->timer_next) {
            REQUIRE(c->deadline_ms >= last && c->timer == HTTP_TIMER_BODY);
            REQUIRE(c->timer_next ? c->timer_next->timer_prev == c
                                  : loop.timers[HTTP_TIMER_BODY].last == c);
            last = c->deadline_ms;
        }
    }
}
