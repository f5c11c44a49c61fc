/* SPDX-License-Identifier: Apache-2.0 */
/* Chores: each finds what is to be done, in steps, wherever it was left. */
#define UNIT chore
#include "model/fixture.h"

#include "app/chore.h"
#include "model/audit/audit.h"
#include "model/event/event.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/system/system.h"

static const struct chore *
chore_named(str name)
{
    for (size_t i = 0; i < chore_count; i++) {
        if (str_eq(str_from(chores[i].name), name)) {
            return &chores[i];
        }
    }
    cr_assert(false, "no chore " STRF, STRV(name));
    return NULL;
}

/* Steps until nothing is left, as jobs.c does; how many rows there were. */
static size_t
run(struct fixture *fx, str name, size_t max, int64_t event_since)
{
    const struct chore *chore = chore_named(name);
    struct job job = {.name = chore->name};
    struct chore_step step;
    size_t sum = 0;

    do {
        struct rq *rq = fixture_rq(fx);
        step = (struct chore_step){.job = &job, .max = max, .event_since = event_since};
        REQUIRE(chore->step(rq, &step) == ERR_OK && step.count <= max);
        fixture_finish(rq);
        sum += step.count;
    } while (step.count == max);
    return sum;
}

static bool
has_day_key(struct fixture *fx, const struct tenant *tenant, int64_t days)
{
    struct rq *rq = fixture_rq(fx);
    str sealed;

    rq->now += days * DAY_MS;
    sealed = seal_for_log(rq, tenant, S("detail"));
    fixture_done(rq);
    return sealed.n > 0;
}

static void
add_tenant(struct fixture *fx, const char *name)
{
    struct rq *rq = fixture_rq(fx);
    struct tenant *tenant = ARENA_NEW(rq->arena, struct tenant);

    field_defaults(rq->arena, &tenant_table, tenant);
    tenant->id = rq_new_id(rq);
    tenant->name = str_from(name);
    REQUIRE(tenant_create(rq, tenant) == ERR_OK);
    fixture_finish(rq);
}

TEST(every_tenant_gets_the_keys_of_today_and_tomorrow)
{
    struct fixture *fx = fixture_open();
    int64_t days = 40;

    add_tenant(fx, "Third");
    EXPECT(!has_day_key(fx, fx->tenant, days));
    fx->now += days * DAY_MS;
    EXPECT(run(fx, S("day keys"), 1, 0) == 3); /* one a step: the place is moved on */
    EXPECT(has_day_key(fx, fx->tenant, 0) && has_day_key(fx, fx->other, 1));
    EXPECT(!has_day_key(fx, fx->tenant, 2) && has_day_key(fx, fx->tenant, -days));
    EXPECT(run(fx, S("day keys"), 50, 0) == 3); /* again: nothing changes */
    EXPECT(has_day_key(fx, fx->tenant, 0));
    EXPECT(run(fx, S("sweep day keys"), 2, 0) >= 3);
    EXPECT(has_day_key(fx, fx->tenant, 0) && !has_day_key(fx, fx->tenant, -days));
    fixture_close(fx);
}

TEST(events_go_when_they_are_too_old_unless_they_are_kept_for_ever)
{
    struct fixture *fx = fixture_open();
    struct event event = {.kind = "user.create"};

    for (int i = 0; i < 10; i++) {
        struct rq *rq = fixture_rq(fx);
        REQUIRE(event_add(rq, i % 2 ? fx->tenant : fx->other, &event) == ERR_OK);
        fixture_finish(rq);
        fx->now += DAY_MS;
    }
    EXPECT(run(fx, S("sweep events"), 3, 0) == 0 && fixture_count(fx, "event") == 10);
    EXPECT(run(fx, S("sweep events"), 3, fx->now - 3 * DAY_MS) == 7);
    EXPECT(fixture_count(fx, "event") == 3);
    fixture_close(fx);
}

static void
set_retention(struct fixture *fx, int64_t audit_days, int64_t login_days)
{
    struct rq *rq = fixture_rq(fx);
    const struct system *settings;
    struct system changed;

    REQUIRE(system_load(rq, &settings) == ERR_OK);
    changed = *settings;
    changed.audit_log.remove = (struct system_delete){audit_days > 0, audit_days};
    changed.login_record.remove = (struct system_delete){login_days > 0, login_days};
    REQUIRE((changed.head.insert_instant ? record_update : record_create)(
                rq, &system_kind, NULL, &changed)
            == ERR_OK);
    system_drop(rq);
    fixture_finish(rq);
}

static bool
is_chain_whole(struct fixture *fx)
{
    struct audit_walk *walk = audit_walk_new(0, &fx->rng.rng);
    bool is_done = false, is_broken;

    REQUIRE(walk != NULL);
    while (!is_done) {
        struct rq *rq = fixture_rq(fx);
        REQUIRE(audit_walk_step(rq, walk, 100, &is_done) == ERR_OK);
        fixture_done(rq);
    }
    is_broken = audit_walk_verdict(walk)->is_broken;
    audit_walk_free(walk);
    return !is_broken;
}

TEST(settings_shorten_what_is_kept_of_audit_entries_and_sign_ins_to_a_week_at_least)
{
    struct fixture *fx = fixture_open();
    struct event change = {.kind = "user.create"}, login = {.kind = "user.login.success"};

    login.user_id = fixture_user(fx, S("ann@x.test"), NO_STR);
    for (int i = 0; i < 20; i++) {
        struct rq *rq = fixture_rq(fx);
        REQUIRE(event_add(rq, fx->tenant, &change) == ERR_OK);
        REQUIRE(event_add(rq, fx->tenant, &login) == ERR_OK);
        fixture_finish(rq);
        fx->now += DAY_MS;
    }
    EXPECT(run(fx, S("audit links"), 9, 0) == 20);
    EXPECT(run(fx, S("sweep audit"), 3, 0) == 0 && run(fx, S("sweep logins"), 3, 0) == 0);
    set_retention(fx, 0, 10);
    EXPECT(run(fx, S("sweep audit"), 3, 0) == 0 && run(fx, S("sweep logins"), 3, 0) == 10);
    EXPECT(fixture_count(fx, "audit") == 20 && fixture_count(fx, "event") == 30);
    set_retention(fx, 15, 1);
    EXPECT(run(fx, S("sweep logins"), 3, 0) == 3); /* a week stays */
    EXPECT(run(fx, S("sweep audit"), 3, 0) == 5 && is_chain_whole(fx));
    EXPECT(fixture_count(fx, "audit") == 15 && fixture_count(fx, "event") == 15 + 7);
    set_retention(fx, 365, 365); /* --event-days says less: it counts */
    EXPECT(run(fx, S("sweep audit"), 3, fx->now - 8 * DAY_MS) == 7 && is_chain_whole(fx));
    EXPECT(run(fx, S("sweep logins"), 3, fx->now - 3 * DAY_MS) == 4);
    fixture_close(fx);
}

TEST(tidying_goes_on_from_where_it_was_left_and_begins_anew)
{
    struct fixture *fx = fixture_open();
    const struct chore *tidy = chore_named(S("tidy"));
    struct job job = {.name = tidy->name};
    struct chore_step step = {.job = &job, .max = 1};
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct rq *rq = fixture_rq(fx);

    rq_write(rq, USER_KEY_ERASE, DB_ONE, ERR_SERVER, DB_VALUES(DB_ID(&fx->tenant->id), DB_ID(&id)));
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(tidy->step(rq, &step) == ERR_OK && step.count == 1 && job.place_bytes == 32);
    EXPECT(rq->writes.count > 0);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "users") == 0 && fixture_count(fx, "identity") == 0);
    rq = fixture_rq(fx);
    REQUIRE(tidy->step(rq, &step) == ERR_OK && step.count == 0);
    fixture_finish(rq);
    fixture_close(fx);
}

TEST(a_chore_of_a_day_is_due_at_midnight)
{
    int64_t noon = 20000 * DAY_MS + 12 * HOUR_MS;

    for (size_t i = 0; i < chore_count; i++) {
        int64_t next = chore_next(&chores[i], noon);
        bool is_daily = chores[i].period_ms == DAY_MS;

        EXPECT(next == (is_daily ? 20001 * DAY_MS : noon + chores[i].period_ms));
        EXPECT(next > noon && chores[i].step != NULL);
        for (size_t j = 0; j < i; j++) {
            EXPECT(!str_eq(str_from(chores[i].name), str_from(chores[j].name)));
        }
    }
}
