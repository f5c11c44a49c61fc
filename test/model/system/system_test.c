/* SPDX-License-Identifier: Apache-2.0 */
/* What the house has once: there before it is stored. */
#define UNIT system
#include "../fixture.h"

#include "model/system/system.h"

TEST(settings_are_the_defaults_until_they_are_stored)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    const struct system *settings;
    struct system changed;

    REQUIRE(system_load(rq, &settings) == ERR_OK);
    EXPECT(settings->head.insert_instant == 0);
    EXPECT(!settings->audit_log.remove.enabled && settings->audit_log.remove.days == 365);
    EXPECT(settings->webhook_log.remove.enabled && settings->webhook_log.remove.days == 30);
    EXPECT(settings->event_log.number == 10000);
    EXPECT_STR(settings->timezone, S("Etc/UTC"));
    changed = *settings;
    changed.event_log.number = 7;
    changed.timezone = S("Nowhere/Town"); /* of a machine that knew it */
    REQUIRE(record_create(rq, &system_kind, NULL, &changed) == ERR_OK);
    system_drop(rq);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(system_load(rq, &settings) == ERR_OK);
    EXPECT(settings->head.insert_instant > 0 && settings->event_log.number == 7);
    EXPECT_STR(settings->timezone, S("Nowhere/Town"));
    EXPECT(datetime_local(&settings->zone, 1000) == 1000);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(of_two_that_store_it_first_one_is_run_again)
{
    struct fixture *fx = fixture_open();
    enum err results[2];

    for (size_t i = 0; i < COUNT(results); i++) {
        struct rq *rq = fixture_rq(fx);
        struct system settings = {.head.id = system_single_id(&system_kind)};
        REQUIRE(record_create(rq, &system_kind, NULL, &settings) == ERR_OK);
        results[i] = fixture_commit(rq);
        fixture_done(rq);
    }
    EXPECT(results[0] == ERR_OK && results[1] == ERR_AGAIN);
    fixture_close(fx);
}
