/* SPDX-License-Identifier: Apache-2.0 */
/* The event log: sealed, numbered, and never more than is kept. */
#define UNIT eventlog
#include "../fixture.h"

#include "model/eventlog/eventlog.h"

static void
add(struct fixture *fx, const struct tenant *tenant, enum eventlog_type type, const char *message)
{
    struct rq *rq = fixture_rq(fx);

    REQUIRE(eventlog_add(rq, tenant, type, str_from(message)) == ERR_OK);
    fixture_finish(rq);
    fx->now += 1;
}

TEST(entries_come_newest_first_of_all_or_of_a_tenant)
{
    struct fixture *fx = fixture_open();
    struct eventlog_entry *list, *entry;
    struct rq *rq;
    size_t count;

    add(fx, fx->tenant, EVENTLOG_ERROR, "the first");
    add(fx, fx->other, EVENTLOG_DEBUG, "of another");
    add(fx, fx->tenant, EVENTLOG_INFORMATION, "the last");
    EXPECT(fixture_search(fx, "", str_bytes(S("the first"))) == 0);
    rq = fixture_rq(fx);
    REQUIRE(eventlog_list(rq, (struct uuid){{0}}, INT64_MAX, 2, &list, &count) == ERR_OK);
    REQUIRE(count == 2);
    EXPECT_STR(list[0].message, S("the last"));
    EXPECT(list[1].type == EVENTLOG_DEBUG && list[0].seq > list[1].seq);
    REQUIRE(eventlog_list(rq, fx->tenant->id, list[0].seq, 9, &list, &count) == ERR_OK);
    REQUIRE(count == 1);
    EXPECT_STR(list[0].message, S("the first"));
    REQUIRE(eventlog_load(rq, list[0].seq, &entry) == ERR_OK && entry);
    EXPECT(uuid_eq(entry->tenant_id, fx->tenant->id) && entry->insert_instant == fx->now - 3);
    REQUIRE(eventlog_load(rq, INT64_MAX, &entry) == ERR_OK);
    EXPECT(entry == NULL);
    REQUIRE(eventlog_sweep(rq, 9, &count) == ERR_OK);
    EXPECT(count == 0);
    fixture_done(rq);
    fixture_end_tenant(fx, fx->tenant);
    EXPECT(fixture_count(fx, "event_log") == 1);
    fixture_close(fx);
}

TEST(the_oldest_go_when_there_are_more_than_are_kept)
{
    struct fixture *fx = fixture_open();
    struct eventlog_entry *list;
    struct rq *rq;
    size_t count;

    for (int i = 0; i < 3; i++) {
        rq = fixture_rq(fx);
        for (int n = 0; n < EVENTLOG_KEPT / 2; n++) {
            REQUIRE(eventlog_add(rq, fx->tenant, EVENTLOG_DEBUG, S("x")) == ERR_OK);
        }
        fixture_finish(rq);
    }
    for (int i = 0; i < EVENTLOG_KEPT / 2; i += 500) {
        rq = fixture_rq(fx);
        REQUIRE(eventlog_sweep(rq, 500, &count) == ERR_OK && count == 500);
        fixture_finish(rq);
    }
    rq = fixture_rq(fx);
    REQUIRE(eventlog_sweep(rq, 500, &count) == ERR_OK);
    EXPECT(count == 0);
    REQUIRE(eventlog_list(rq, (struct uuid){{0}}, INT64_MAX, 1, &list, &count) == ERR_OK);
    EXPECT(count == 1);
    fixture_done(rq);
    EXPECT(fixture_count(fx, "event_log") == EVENTLOG_KEPT);
    fixture_close(fx);
}

TEST(the_settings_say_how_many_are_kept)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    const struct system *settings;
    struct system fewer;
    size_t count;

    REQUIRE(system_load(rq, &settings) == ERR_OK);
    fewer = *settings;
    fewer.event_log.number = 2;
    REQUIRE(record_create(rq, &system_kind, NULL, &fewer) == ERR_OK);
    system_drop(rq);
    fixture_finish(rq);
    for (int i = 0; i < 5; i++) {
        add(fx, fx->tenant, EVENTLOG_DEBUG, "x");
    }
    rq = fixture_rq(fx);
    REQUIRE(eventlog_sweep(rq, 500, &count) == ERR_OK && count == 3);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "event_log") == 2);
    fixture_close(fx);
}
