/* SPDX-License-Identifier: Apache-2.0 */
/* Grants: kept, listed, ended. */
#define UNIT token
#include "token_unit.h"

static struct token *
load(struct fixture *fx, const struct tenant *tenant, struct uuid id)
{
    struct rq *rq = fixture_rq(fx);
    struct arena *arena = rq->arena;
    struct token *token;

    rq->arena = fx->arena;
    REQUIRE(token_load(rq, tenant, id, &token) == ERR_OK);
    rq->arena = arena;
    fixture_done(rq);
    return token;
}

static bool
stands(struct fixture *fx, const struct tenant *tenant, struct uuid id)
{
    struct rq *rq = fixture_rq(fx);
    bool ok;

    REQUIRE(token_stands(rq, tenant, id, &ok) == ERR_OK);
    fixture_done(rq);
    return ok;
}

TEST(a_grant_comes_back_as_it_was_made)
{
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);
    str text;
    struct token made = unit_grant(fx, user_id, &text), *got = load(fx, fx->tenant, made.id);

    REQUIRE(got != NULL);
    EXPECT(text.n == 70 && got->has_refresh && got->step == 0 && got->rotated_at == 0);
    EXPECT(uuid_eq(got->user_id, user_id) && uuid_eq(got->application_id, made.application_id));
    EXPECT(uuid_eq(got->session_id, made.session_id) && uuid_eq(got->tenant_id, fx->tenant->id));
    EXPECT_STR(got->scope, S("openid offline_access"));
    EXPECT_STR(got->nonce, S("n"));
    EXPECT_STR(got->authentication_type, S("PASSWORD"));
    EXPECT_STR(got->device_name, S("phone"));
    EXPECT_STR(got->device_type, S("MOBILE"));
    EXPECT_STR(got->address, S("192.0.2.1"));
    EXPECT(got->insert_instant == fx->now && got->auth_instant == fx->now);
    EXPECT(got->expires_at == fx->now + fx->tenant->jwt.refresh_ttl_min * MINUTE_MS);
    EXPECT(load(fx, fx->other, made.id) == NULL && !stands(fx, fx->other, made.id));
    fixture_close(fx);
}

TEST(a_grant_without_a_refresh_token_lives_as_long_as_its_access_token)
{
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct token made = unit_grant(fx, user_id, NULL), *got = load(fx, fx->tenant, made.id);

    REQUIRE(got != NULL);
    EXPECT(!got->has_refresh);
    EXPECT(got->expires_at == fx->now + fx->tenant->jwt.ttl_s * SECOND_MS);
    fx->now += fx->tenant->jwt.ttl_s * SECOND_MS;
    EXPECT(load(fx, fx->tenant, made.id) == NULL && !stands(fx, fx->tenant, made.id));
    fixture_close(fx);
}

TEST(a_grant_may_be_nobodys)
{
    struct fixture *fx = fixture_open();
    struct token made = unit_grant(fx, (struct uuid){0}, NULL);

    EXPECT_STR(load(fx, fx->tenant, made.id)->scope, S("openid offline_access"));
    fixture_close(fx);
}

TEST(nothing_is_granted_to_somebody_who_is_erased)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct token token = {.user_id = fixture_id(fx)};
    str text;

    EXPECT(token_create(rq, fx->tenant, &token, true, &text) == ERR_INVALID_GRANT);
    EXPECT(rq->writes.count == 0);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_persons_refresh_tokens_are_listed_newest_first)
{
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct token made[3], *list;
    struct rq *rq;
    size_t count;
    str text;

    for (size_t i = 0; i < COUNT(made); i++) {
        made[i] = unit_grant(fx, user_id, &text);
        fx->now += 1000;
    }
    unit_grant(fx, user_id, NULL);
    unit_grant(fx, fixture_user(fx, S("bo@x.test"), NO_STR), &text);
    rq = fixture_rq(fx);
    REQUIRE(token_list(rq, fx->tenant, user_id, &list, &count) == ERR_OK);
    REQUIRE(count == COUNT(made));
    for (size_t i = 0; i < count; i++) {
        EXPECT(uuid_eq(list[i].id, made[count - 1 - i].id));
        EXPECT_STR(list[i].device_name, S("phone"));
    }
    REQUIRE(token_list(rq, fx->other, user_id, &list, &count) == ERR_OK);
    EXPECT(count == 0);
    rq->now += fx->tenant->jwt.refresh_ttl_min * MINUTE_MS;
    REQUIRE(token_list(rq, fx->tenant, user_id, &list, &count) == ERR_OK);
    EXPECT(count == 0);
    fixture_done(rq);
    fixture_close(fx);
}

/* --- revocation: which of eight grants fall ---------------------------------------------------- */

enum { GRANTS = 8 };
struct scene { /* bits of a grant's number: 1 other user, 2 other application, 4 other session */
    struct uuid users[2], applications[2], sessions[2], ids[GRANTS];
};

static void
set_scene(struct fixture *fx, struct scene *s)
{
    for (int i = 0; i < 2; i++) {
        s->users[i] = fixture_user(
            fx, str_fmt(fx->arena, "u%llu@x.test", (unsigned long long)fx->seed), NO_STR);
        s->applications[i] = fixture_id(fx);
        s->sessions[i] = i ? (struct uuid){0} : fixture_id(fx); /* the other one: no session */
    }
    for (int i = 0; i < GRANTS; i++) {
        struct rq *rq = fixture_rq(fx);
        struct token token = {.user_id = s->users[i & 1],
            .application_id = s->applications[i >> 1 & 1],
            .session_id = s->sessions[i >> 2 & 1]};
        str text;
        REQUIRE(token_create(rq, fx->tenant, &token, true, &text) == ERR_OK);
        fixture_finish(rq);
        s->ids[i] = token.id;
    }
}

static void
by_id(struct rq *rq, const struct tenant *t, const struct scene *s)
{
    token_revoke(rq, t, s->ids[3]);
}
static void
by_user(struct rq *rq, const struct tenant *t, const struct scene *s)
{
    token_revoke_user(rq, t, s->users[0]);
}
static void
by_both(struct rq *rq, const struct tenant *t, const struct scene *s)
{
    token_revoke_user_application(rq, t, s->users[1], s->applications[0]);
}
static void
by_application(struct rq *rq, const struct tenant *t, const struct scene *s)
{
    token_revoke_application(rq, t, s->applications[1]);
}
static void
by_session(struct rq *rq, const struct tenant *t, const struct scene *s)
{
    token_revoke_session(rq, t, s->sessions[0]);
}
static void
by_sessions_of_user(struct rq *rq, const struct tenant *t, const struct scene *s)
{
    token_revoke_user_sessions(rq, t, s->users[0]);
}
static void
by_moved_session(struct rq *rq, const struct tenant *t, const struct scene *s)
{
    struct uuid new = {{9}};

    token_move_session(rq, t, s->sessions[0], new);
    token_revoke_session(rq, t, s->sessions[0]); /* finds none any more */
}
TEST(a_revocation_ends_what_it_names_and_no_more)
{
    /* clang-format off */
    static const struct {
        int line;
        void (*revoke)(struct rq *, const struct tenant *, const struct scene *);
        unsigned fallen;
    } cases[] = {
        {__LINE__, by_id,               1u << 3},
        {__LINE__, by_user,             1u << 0 | 1u << 2 | 1u << 4 | 1u << 6},
        {__LINE__, by_both,             1u << 1 | 1u << 5},
        {__LINE__, by_application,      1u << 2 | 1u << 3 | 1u << 6 | 1u << 7},
        {__LINE__, by_session,          1u << 0 | 1u << 1 | 1u << 2 | 1u << 3},
        {__LINE__, by_sessions_of_user, 1u << 0 | 1u << 2},
        {__LINE__, by_moved_session,    0},
    };
    /* clang-format on */
    struct fixture *fx = fixture_open();

    for (size_t c = 0; c < COUNT(cases); c++) {
        struct scene scene;
        unsigned fallen = 0;
        struct rq *rq;
        set_scene(fx, &scene);
        rq = fixture_rq(fx);
        cases[c].revoke(rq, fx->other, &scene); /* another tenant's: touches nothing */
        cases[c].revoke(rq, fx->tenant, &scene);
        fixture_finish(rq);
        for (int i = 0; i < GRANTS; i++) {
            fallen |= stands(fx, fx->tenant, scene.ids[i]) ? 0 : 1u << i;
        }
        cr_expect(fallen == cases[c].fallen, "row of line %d: %#x", cases[c].line, fallen);
    }
    fixture_close(fx);
}

TEST(the_sweep_takes_what_has_expired_only)
{
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct token young;
    struct rq *rq;
    size_t count;

    unit_grant(fx, user_id, NULL);
    fx->now += fx->tenant->jwt.ttl_s * SECOND_MS + 1;
    young = unit_grant(fx, user_id, NULL);
    rq = fixture_rq(fx);
    REQUIRE(token_sweep(rq, 10, &count) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "token") == 1 && stands(fx, fx->tenant, young.id));
    fixture_close(fx);
}
