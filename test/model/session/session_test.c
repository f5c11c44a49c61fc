/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: proven by the cookie, ended by idleness, age, sign-out; a new secret at every sign-in. */
#define UNIT session
#include "../fixture.h"

#include "model/session/session.h"
#include "model/token/token.h"

enum { KEPT = true, NOT_KEPT = false };

static struct uuid
somebody(struct fixture *fx)
{
    return fixture_user(
        fx, str_fmt(fx->arena, "u%llu@x.test", (unsigned long long)fx->seed), NO_STR);
}

/* Signs in within a request whose cookies are those of before (NULL: a new browser). */
static struct rq *
sign_in(struct fixture *fx, struct uuid user_id, bool is_kept, const struct rq *before)
{
    struct rq *rq = fixture_rq(fx);
    struct session *session;

    if (before != NULL) {
        fixture_carry_cookies(before, rq);
    }
    REQUIRE(session_start(rq, fx->tenant, user_id, is_kept, &session) == ERR_OK);
    REQUIRE(fixture_commit(rq) == ERR_OK);
    return rq;
}

/* Who the browser is now, by the cookies an earlier answer has set. */
static struct session *
who(struct fixture *fx, const struct tenant *tenant, const struct rq *before)
{
    struct rq *rq = fixture_rq(fx);
    struct arena *arena = rq->arena;
    struct session *session;

    fixture_carry_cookies(before, rq);
    rq->arena = fx->arena;
    REQUIRE(session_find(rq, tenant, &session) == ERR_OK);
    rq->arena = arena;
    EXPECT(rq->writes.count == 0); /* finding writes nothing */
    fixture_done(rq);
    return session;
}

TEST(a_browser_is_known_by_its_cookie)
{
    struct fixture *fx = fixture_open();
    struct uuid id = somebody(fx);
    struct rq *in = sign_in(fx, id, NOT_KEPT, NULL);
    struct session *session = who(fx, fx->tenant, in);

    REQUIRE(session != NULL);
    EXPECT(uuid_eq(session->user_id, id) && uuid_eq(session->tenant_id, fx->tenant->id));
    EXPECT(session->auth_instant == fx->now && !session->is_kept);
    EXPECT(fixture_count(fx, "session") == 1);
    fixture_done(in);
    fixture_close(fx);
}

/* Invariant 3, OA-64: neither by its own cookie nor under the other tenant's name. */
TEST(a_session_of_another_tenant_is_none)
{
    struct fixture *fx = fixture_open();
    struct rq *in = sign_in(fx, somebody(fx), KEPT, NULL), *rq = fixture_rq(fx);
    struct session *session;
    const uint8_t *end = fx->other->id.b + 12;

    EXPECT(who(fx, fx->other, in) == NULL);
    fixture_header(rq, S("cookie"),
        str_fmt(rq->arena, "cardea.sso.%02x%02x%02x%02x=" STRF, end[0], end[1], end[2], end[3],
            STRV(fixture_set_cookie(in, S("cardea.sso.")))));
    REQUIRE(session_find(rq, fx->other, &session) == ERR_OK);
    EXPECT(session == NULL);
    fixture_done(rq);
    fixture_done(in);
    fixture_close(fx);
}

TEST(a_guessed_or_garbled_cookie_is_no_session)
{
    struct fixture *fx = fixture_open();
    struct rq *in = sign_in(fx, somebody(fx), KEPT, NULL);
    str value = fixture_set_cookie(in, S("cardea.sso."));
    const uint8_t *end = fx->tenant->id.b + 12;

    for (size_t i = 0; i <= value.n; i++) {
        struct rq *rq = fixture_rq(fx);
        struct session *session;
        char text[80] = {0};
        memcpy(text, value.p, value.n);
        text[i] = text[i] == 'A' ? 'B' : 'A';
        fixture_header(rq, S("cookie"),
            str_fmt(
                rq->arena, "cardea.sso.%02x%02x%02x%02x=%s", end[0], end[1], end[2], end[3], text));
        REQUIRE(session_find(rq, fx->tenant, &session) == ERR_OK);
        cr_expect(session == NULL, "character %zu", i);
        fixture_done(rq);
    }
    fixture_done(in);
    fixture_close(fx);
}

TEST(idleness_and_age_end_a_session)
{
    /* clang-format off */
    static const struct { int line; bool is_kept; int64_t touched_ms, asked_ms; bool is_live; } cases[] = {
        {__LINE__, NOT_KEPT, 0, 599 * SECOND_MS, true},
        {__LINE__, NOT_KEPT, 0, 600 * SECOND_MS, false},
        {__LINE__, NOT_KEPT, 500 * SECOND_MS, 1099 * SECOND_MS, true},
        {__LINE__, NOT_KEPT, 500 * SECOND_MS, 1100 * SECOND_MS, false},
        {__LINE__, NOT_KEPT, 59 * SECOND_MS, 630 * SECOND_MS, false},  /* no write within a minute */
        {__LINE__, KEPT, 0, 2 * DAY_MS - 1, true},
        {__LINE__, KEPT, 0, 2 * DAY_MS, false},
        {__LINE__, KEPT, DAY_MS, 3 * DAY_MS - 1, true},
    };
    /* clang-format on */
    struct fixture *fx = fixture_open();
    int64_t start = fx->now;

    fx->tenant->session_idle_s = 600;
    fx->tenant->sso.kept_s = 2 * 24 * 3600;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *in, *rq;
        struct session *session;
        fx->now = start;
        in = sign_in(fx, somebody(fx), cases[i].is_kept, NULL);
        fx->now = start + cases[i].touched_ms;
        session = who(fx, fx->tenant, in);
        REQUIRE(session != NULL);
        rq = fixture_rq(fx);
        session_touch(rq, fx->tenant, session);
        fixture_finish(rq);
        fx->now = start + cases[i].asked_ms;
        CHECK_AT(cases[i].line, (who(fx, fx->tenant, in) != NULL) == cases[i].is_live);
        fixture_done(in);
    }
    fixture_close(fx);
}

/* Used every ten minutes: gone after 12 hours; kept and used daily: after 30 days. */
TEST(du_07_a_session_of_a_clock_that_was_set_back_is_none_until_its_time_comes)
{
    struct fixture *fx = fixture_open();
    struct rq *in = sign_in(fx, somebody(fx), NOT_KEPT, NULL);

    fx->now -= CLOCK_SKEW_MS;
    EXPECT(who(fx, fx->tenant, in) != NULL);
    fx->now -= 1;
    EXPECT(who(fx, fx->tenant, in) == NULL);
    fx->now += 1;
    EXPECT(who(fx, fx->tenant, in) != NULL);
    fixture_done(in);
    fixture_close(fx);
}

TEST(no_use_keeps_a_session_beyond_its_age)
{
    struct fixture *fx = fixture_open();
    int64_t start = fx->now;

    fx->tenant->sso.kept_s = 20 * 24 * 3600;
    for (int kept = 0; kept < 2; kept++) {
        int64_t end = start + (kept ? 30 * DAY_MS : 12 * (int64_t)HOUR_MS);
        struct rq *in;
        struct session *session;
        fx->now = start;
        in = sign_in(fx, somebody(fx), kept, NULL);
        for (; fx->now < end; fx->now += kept ? DAY_MS : 10 * MINUTE_MS) {
            struct rq *rq;
            session = who(fx, fx->tenant, in);
            REQUIRE(session != NULL);
            rq = fixture_rq(fx);
            session_touch(rq, fx->tenant, session);
            fixture_finish(rq);
        }
        EXPECT(who(fx, fx->tenant, in) == NULL);
        fixture_done(in);
    }
    fixture_close(fx);
}

TEST(a_shortened_idle_time_counts_at_once)
{
    struct fixture *fx = fixture_open();
    struct rq *in = sign_in(fx, somebody(fx), NOT_KEPT, NULL);

    fx->now += 600 * SECOND_MS;
    EXPECT(who(fx, fx->tenant, in) != NULL);
    fx->tenant->session_idle_s = 300;
    EXPECT(who(fx, fx->tenant, in) == NULL);
    fixture_done(in);
    fixture_close(fx);
}

static struct uuid
give_grant(struct fixture *fx, const struct session *session)
{
    struct rq *rq = fixture_rq(fx);
    struct token token = {
        .user_id = session->user_id, .session_id = session->id, .application_id = fixture_id(fx)};
    str text;

    REQUIRE(token_create(rq, fx->tenant, &token, true, &text) == ERR_OK);
    fixture_finish(rq);
    return token.id;
}

static bool
has_grant(struct fixture *fx, struct uuid id)
{
    struct rq *rq = fixture_rq(fx);
    bool stands;

    REQUIRE(token_stands(rq, fx->tenant, id, &stands) == ERR_OK);
    fixture_done(rq);
    return stands;
}

/* OA-57: the old cookie is worth nothing after the sign-in, whoever set it. */
TEST(a_sign_in_makes_a_new_secret_and_ends_the_old_session)
{
    struct fixture *fx = fixture_open();
    struct uuid id = somebody(fx);
    struct rq *first = sign_in(fx, id, KEPT, NULL), *second;
    struct uuid grant = give_grant(fx, who(fx, fx->tenant, first));

    second = sign_in(fx, id, NOT_KEPT, first);
    EXPECT(!str_eq(
        fixture_set_cookie(first, S("cardea.sso.")), fixture_set_cookie(second, S("cardea.sso."))));
    EXPECT(who(fx, fx->tenant, first) == NULL);
    EXPECT(who(fx, fx->tenant, second) != NULL);
    EXPECT(fixture_count(fx, "session") == 1);
    EXPECT(has_grant(fx, grant)); /* the same person goes on */
    fixture_done(first);
    fixture_done(second);
    fixture_close(fx);
}

TEST(the_next_person_at_the_browser_ends_the_grants_of_the_last)
{
    struct fixture *fx = fixture_open();
    struct rq *first = sign_in(fx, somebody(fx), KEPT, NULL), *second;
    struct uuid grant = give_grant(fx, who(fx, fx->tenant, first)), next = somebody(fx);

    second = sign_in(fx, next, KEPT, first);
    EXPECT(who(fx, fx->tenant, first) == NULL);
    EXPECT(uuid_eq(who(fx, fx->tenant, second)->user_id, next));
    EXPECT(!has_grant(fx, grant));
    fixture_done(first);
    fixture_done(second);
    fixture_close(fx);
}

TEST(a_sign_out_ends_session_and_grants_and_clears_the_cookie)
{
    struct fixture *fx = fixture_open();
    struct uuid id = somebody(fx);
    struct rq *here = sign_in(fx, id, KEPT, NULL), *there = sign_in(fx, id, KEPT, NULL), *rq;
    struct uuid grant = give_grant(fx, who(fx, fx->tenant, here));
    struct uuid other = give_grant(fx, who(fx, fx->tenant, there));

    rq = fixture_rq(fx);
    session_end(rq, fx->tenant, who(fx, fx->tenant, here));
    REQUIRE(fixture_commit(rq) == ERR_OK);
    EXPECT(rq->answer->header_count == 1);
    EXPECT(str_find_str(rq->answer->headers[0].value, S("Max-Age=0"))
           < rq->answer->headers[0].value.n);
    fixture_done(rq);
    EXPECT(who(fx, fx->tenant, here) == NULL && !has_grant(fx, grant));
    EXPECT(who(fx, fx->tenant, there) != NULL && has_grant(fx, other));
    fixture_done(here);
    fixture_done(there);
    fixture_close(fx);
}

/* The request below has read a living session; at its commit there is none. */
TEST(what_holds_a_session_is_refused_once_it_has_ended)
{
    struct fixture *fx = fixture_open();
    struct rq *in = sign_in(fx, somebody(fx), NOT_KEPT, NULL), *end;
    struct session *session = who(fx, fx->tenant, in);
    struct rq *before = fixture_rq(fx), *after = fixture_rq(fx);

    session_hold(before, fx->tenant, session->id, ERR_INVALID_GRANT);
    session_hold(after, fx->tenant, session->id, ERR_INVALID_GRANT);
    EXPECT(fixture_commit(before) == ERR_OK);
    end = fixture_rq(fx);
    session_end(end, fx->tenant, session);
    fixture_finish(end);
    EXPECT(fixture_commit(after) == ERR_INVALID_GRANT);
    fixture_done(before);
    fixture_done(after);
    fixture_done(in);
    fixture_close(fx);
}

TEST(all_sessions_of_a_person_end_at_once)
{
    struct fixture *fx = fixture_open();
    struct uuid id = somebody(fx), bystander = somebody(fx);
    struct rq *here = sign_in(fx, id, KEPT, NULL), *there = sign_in(fx, id, KEPT, NULL);
    struct rq *else_ = sign_in(fx, bystander, KEPT, NULL), *rq = fixture_rq(fx);
    struct uuid grant = give_grant(fx, who(fx, fx->tenant, there));
    struct token offline = {.user_id = id, .application_id = fixture_id(fx)};
    str text;

    REQUIRE(token_create(rq, fx->tenant, &offline, true, &text) == ERR_OK);
    session_end_all(rq, fx->tenant, id);
    fixture_finish(rq);
    EXPECT(who(fx, fx->tenant, here) == NULL && who(fx, fx->tenant, there) == NULL);
    EXPECT(!has_grant(fx, grant) && has_grant(fx, offline.id)); /* no session gave that one */
    EXPECT(who(fx, fx->tenant, else_) != NULL);
    fixture_done(here);
    fixture_done(there);
    fixture_done(else_);
    fixture_close(fx);
}

TEST(the_cookie_says_how_long_and_to_whom)
{
    struct fixture *fx = fixture_open();
    struct uuid id = somebody(fx);
    struct rq *plain = sign_in(fx, id, NOT_KEPT, NULL), *kept = sign_in(fx, id, KEPT, NULL), *tls;
    str value = plain->answer->headers[0].value;

    EXPECT(str_find_str(value, S("HttpOnly")) < value.n);
    EXPECT(str_find_str(value, S("SameSite=Lax")) < value.n);
    EXPECT(str_find_str(value, S("Max-Age")) == value.n);
    value = kept->answer->headers[0].value;
    EXPECT(str_find_str(value, S("Max-Age=2592000")) < value.n);
    fx->house.is_https = true;
    tls = sign_in(fx, id, KEPT, NULL);
    value = tls->answer->headers[0].value;
    EXPECT(
        str_starts(value, S("__Host-cardea.sso.")) && str_find_str(value, S("Secure")) < value.n);
    EXPECT(who(fx, fx->tenant, tls) != NULL);
    fixture_done(plain);
    fixture_done(kept);
    fixture_done(tls);
    fixture_close(fx);
}

TEST(the_sweep_takes_what_has_expired_only)
{
    struct fixture *fx = fixture_open();
    struct rq *old = sign_in(fx, somebody(fx), NOT_KEPT, NULL), *young, *rq;
    size_t count;

    fx->now += 2 * HOUR_MS;
    young = sign_in(fx, somebody(fx), NOT_KEPT, NULL);
    rq = fixture_rq(fx);
    REQUIRE(session_sweep(rq, 10, &count) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "session") == 1);
    EXPECT(who(fx, fx->tenant, young) != NULL);
    fixture_done(old);
    fixture_done(young);
    fixture_close(fx);
}

TEST(a_failing_database_or_memory_gives_no_session)
{
    struct fixture *fx = fixture_open();
    struct uuid id = somebody(fx);
    long n = 0;

    for (; n < 100; n++) {
        struct rq *rq = fixture_rq(fx);
        struct session *session;
        enum err e;
        (n % 2 ? db_fail_after : arena_fail_after)(n / 2);
        e = session_start(rq, fx->tenant, id, KEPT, &session);
        e = e != ERR_OK ? e : fixture_commit(rq);
        db_fail_after(-1);
        arena_fail_after(-1);
        fixture_done(rq);
        if (e == ERR_OK) {
            break;
        }
        EXPECT(e == ERR_SERVER && fixture_count(fx, "session") == 0);
    }
    EXPECT(n > 0 && n < 100 && fixture_count(fx, "session") == 1);
    fixture_close(fx);
}

/* What a person sees of their browsers: those that are live, newest first; no tenant sees another's. */
TEST(live_sessions_are_listed_and_ended_from_elsewhere)
{
    struct fixture *fx = fixture_open();
    struct uuid id = somebody(fx);
    struct rq *first = sign_in(fx, id, NOT_KEPT, NULL), *second, *rq;
    struct session *list, *one;
    size_t count;

    fx->now += MINUTE_MS;
    second = sign_in(fx, id, KEPT, NULL);
    rq = fixture_rq(fx);
    REQUIRE(session_list(rq, fx->tenant, id, &list, &count) == ERR_OK && count == 2);
    EXPECT(list[0].is_kept && !list[1].is_kept);
    EXPECT(list[0].insert_instant == fx->now);
    REQUIRE(session_load(rq, fx->other, list[1].id, &one) == ERR_OK);
    EXPECT(one == NULL);
    REQUIRE(session_load(rq, fx->tenant, list[1].id, &one) == ERR_OK);
    EXPECT(one != NULL && uuid_eq(one->user_id, id));
    session_end_elsewhere(rq, fx->tenant, list[1].id);
    REQUIRE(fixture_commit(rq) == ERR_OK);
    fixture_done(rq);
    EXPECT(who(fx, fx->tenant, first) == NULL && who(fx, fx->tenant, second) != NULL);

    fx->now += 31 * DAY_MS;
    rq = fixture_rq(fx);
    REQUIRE(session_list(rq, fx->tenant, id, &list, &count) == ERR_OK);
    EXPECT(count == 0);
    fixture_done(rq);
    fixture_done(first);
    fixture_done(second);
    fixture_close(fx);
}
