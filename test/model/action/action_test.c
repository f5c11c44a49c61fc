/* SPDX-License-Identifier: Apache-2.0 */
/* User actions: who is kept out, of what, until when; and sign-ins that race with them. */
#define UNIT action
#include "../fixture.h"

#include "model/action/action.h"

struct scene {
    struct fixture *fx;
    struct uuid user_id;
    struct action action;
};

static struct scene
open_scene(bool prevents)
{
    struct scene s = {.fx = fixture_open(),
        .action = {.name = S("Lock"), .active = true, .temporal = true, .prevent_login = prevents}};
    struct rq *rq = fixture_rq(s.fx);

    s.action.head.id = fixture_id(s.fx);
    REQUIRE(record_create(rq, &action_kind, NULL, &s.action) == ERR_OK);
    fixture_finish(rq);
    s.user_id = fixture_user(s.fx, S("a@x.test"), NO_STR);
    return s;
}

static struct action_log
take(struct scene *s, int64_t for_ms, struct field_texts applications)
{
    struct rq *rq = fixture_rq(s->fx);
    struct action_log log = {.head = {.user_id = s->user_id,
                                 .subject_id = s->action.head.id,
                                 .until_instant = rq->now + for_ms},
        .application_ids = applications};

    REQUIRE(action_take(rq, s->fx->tenant, &s->action, &log) == ERR_OK);
    fixture_finish(rq);
    return log;
}

static size_t
count_preventing(struct scene *s, struct uuid application_id)
{
    struct user *user = fixture_load(s->fx, s->user_id);
    struct rq *rq = fixture_rq(s->fx);
    struct dossier_list list;

    REQUIRE(action_prevents(rq, s->fx->tenant, user, application_id, &list) == ERR_OK);
    fixture_done(rq);
    return list.count;
}

TEST(what_prevents_counts_until_its_end_by_the_clock)
{
    struct scene s = open_scene(true);
    struct uuid nobody = {{0}};

    EXPECT(count_preventing(&s, nobody) == 0);
    (void)take(&s, 1000, (struct field_texts){NULL, 0});
    (void)take(&s, 500, (struct field_texts){NULL, 0});
    EXPECT(count_preventing(&s, nobody) == 2 && count_preventing(&s, fixture_id(s.fx)) == 2);
    s.fx->now += 500;
    EXPECT(count_preventing(&s, nobody) == 1);
    s.fx->now += 500;
    EXPECT(count_preventing(&s, nobody) == 0);
    fixture_close(s.fx);
}

TEST(what_counts_in_one_application_counts_there_only)
{
    struct scene s = open_scene(true);
    struct uuid app = fixture_id(s.fx);
    str name = uuid_text(s.fx->arena, app);

    (void)take(&s, 1000, (struct field_texts){&name, 1});
    EXPECT(count_preventing(&s, app) == 1);
    EXPECT(count_preventing(&s, fixture_id(s.fx)) == 0);
    EXPECT(count_preventing(&s, (struct uuid){{0}}) == 0);
    fixture_close(s.fx);
}

TEST(what_does_not_prevent_login_does_not)
{
    struct scene s = open_scene(false);

    (void)take(&s, 1000, (struct field_texts){NULL, 0});
    EXPECT(count_preventing(&s, (struct uuid){{0}}) == 0);
    fixture_close(s.fx);
}

/* A sign-in is judged, then somebody locks the person, then the sign-in commits. */
TEST(a_sign_in_that_was_judged_before_runs_again)
{
    static const int64_t longer_first[] = {1000, 500, 1000};
    struct scene s = open_scene(true);

    for (size_t i = 0; i < COUNT(longer_first); i++) {
        struct user *user = fixture_load(s.fx, s.user_id);
        struct rq *rq = fixture_rq(s.fx);
        EXPECT(user_note_login(rq, s.fx->tenant, user, false) == ERR_OK);
        (void)take(&s, longer_first[i], (struct field_texts){NULL, 0});
        EXPECT(fixture_commit(rq) == ERR_AGAIN);
        fixture_done(rq);
    }
    fixture_close(s.fx);
}

TEST(an_action_that_is_for_ever_is_no_overflow)
{
    struct scene s = open_scene(true);
    struct rq *rq;

    for (int i = 0; i < 2; i++) {
        struct action_log log = {
            .head = {
                .user_id = s.user_id, .subject_id = s.action.head.id, .until_instant = INT64_MAX}};
        rq = fixture_rq(s.fx);
        REQUIRE(action_take(rq, s.fx->tenant, &s.action, &log) == ERR_OK);
        fixture_finish(rq);
    }
    EXPECT(count_preventing(&s, (struct uuid){{0}}) == 2);
    fixture_close(s.fx);
}

TEST(a_change_leaves_how_it_was_in_the_history)
{
    struct scene s = open_scene(true);
    struct action_log log = take(&s, 1000, (struct field_texts){NULL, 0});
    int64_t first = log.head.until_instant;
    struct rq *rq = fixture_rq(s.fx);
    struct action_item change = {fixture_id(s.fx), S("over"), rq->now, rq->now};
    const struct action_item *items;
    void *thing;

    EXPECT(action_modify(rq, s.fx->tenant, &s.action, &log, &change) == ERR_OK);
    fixture_finish(rq);
    EXPECT(count_preventing(&s, (struct uuid){{0}}) == 0);
    rq = fixture_rq(s.fx);
    REQUIRE(dossier_load(rq, &action_log_kind, log.head.id, &thing) == ERR_OK && thing != NULL);
    items = ((struct action_log *)thing)->history.items.items;
    REQUIRE(((struct action_log *)thing)->history.items.count == 1);
    EXPECT(items[0].expiry == first && items[0].comment.n == 0);
    EXPECT_STR(((struct action_log *)thing)->comment, S("over"));
    fixture_done(rq);
    fixture_close(s.fx);
}
