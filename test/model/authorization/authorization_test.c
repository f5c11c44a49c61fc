/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT authorization
#include "../fixture.h"

#include "model/authorization/authorization.h"
#include "model/page/page.h"

struct scene {
    struct fixture *fx;
    struct application app;
    str sealed;
    struct rq *first; /* whose answer set the browser's cookie */
};

static struct scene
scene_open(void)
{
    struct scene s = {.fx = fixture_open()};
    struct rq *rq = fixture_rq(s.fx);
    struct authorization a = {.tenant = s.fx->tenant,
        .application = &s.app,
        .redirect_uri = S("https://client.example/cb"),
        .scope = S("openid"),
        .state = S("x\"y"),
        .max_age_s = -1,
        .started_at = rq->now};
    const char *why;

    REQUIRE(page_init(&why));
    field_defaults(s.fx->arena, &application_table, &s.app);
    s.app.id = fixture_id(s.fx);
    s.app.name = S("Shop");
    s.app.oauth.redirect_urls = (struct field_texts){ARENA_NEW(s.fx->arena, str), 1};
    s.app.oauth.redirect_urls.items[0] = S("https://client.example/cb");
    REQUIRE(application_create(rq, s.fx->tenant, &s.app) == ERR_OK);
    s.app.oauth.client_secret = str_dup(s.fx->arena, s.app.oauth.client_secret);
    fixture_finish(rq);
    s.first = fixture_rq(s.fx);
    a.id = fixture_id(s.fx);
    s.sealed = str_dup(s.fx->arena, authorization_seal(s.first, &a));
    REQUIRE(s.sealed.n > 0);
    return s;
}

static enum err
open_in(struct scene *s, bool with_cookie, str sealed, struct authorization *ret)
{
    struct rq *rq = fixture_rq(s->fx);
    enum err e;

    if (with_cookie) {
        fixture_carry_cookies(s->first, rq);
    }
    e = authorization_open(rq, sealed, ret);
    EXPECT(rq->writes.count == 0);
    fixture_done(rq);
    return e;
}

TEST(oa_21_a_page_opens_only_in_its_browser_and_only_unchanged)
{
    struct scene s = scene_open();
    struct authorization a;

    EXPECT(open_in(&s, true, s.sealed, &a) == ERR_OK);
    EXPECT(open_in(&s, false, s.sealed, &a) == ERR_INVALID_REQUEST);
    for (size_t at = 0; at < s.sealed.n; at += 11) {
        char *copy = (char *)str_dup(s.fx->arena, s.sealed).p;
        copy[at] = copy[at] == 'A' ? 'B' : 'A';
        CHECK_AT((int)at, open_in(&s, true, (str){copy, s.sealed.n}, &a) == ERR_INVALID_REQUEST);
    }
    EXPECT(open_in(&s, true, S(""), &a) == ERR_INVALID_REQUEST);
    fixture_done(s.first);
    fixture_close(s.fx);
}

TEST(a_page_is_too_old_after_the_login_intent_time)
{
    struct scene s = scene_open();
    struct authorization a;

    s.fx->now += 1800 * SECOND_MS;
    EXPECT(open_in(&s, true, s.sealed, &a) == ERR_OK);
    s.fx->now += 1;
    EXPECT(open_in(&s, true, s.sealed, &a) == ERR_INVALID_REQUEST);
    fixture_done(s.first);
    fixture_close(s.fx);
}

TEST(oa_01_a_redirect_url_taken_away_meanwhile_ends_the_journey)
{
    struct scene s = scene_open();
    struct authorization a;
    struct rq *rq = fixture_rq(s.fx);

    s.app.oauth.redirect_urls.items[0] = S("https://client.example/new");
    REQUIRE(application_update(rq, &s.app) == ERR_OK);
    fixture_finish(rq);
    EXPECT(open_in(&s, true, s.sealed, &a) == ERR_BAD_REDIRECT);
    fixture_done(s.first);
    fixture_close(s.fx);
}

TEST(rfc6749_4_1_2_the_answer_keeps_the_query_and_encodes_what_it_adds)
{
    struct scene s = scene_open();
    struct rq *rq = fixture_rq(s.fx);
    struct authorization a = {.tenant = s.fx->tenant,
        .application = &s.app,
        .redirect_uri = S("https://client.example/cb?tab=1"),
        .state = S("a b&c=d#e")};
    str location = NO_STR;

    EXPECT(authorization_refuse(rq, &a, ERR_ACCESS_DENIED, "no") == ERR_OK);
    EXPECT(rq->answer->status == 303);
    for (size_t i = 0; i < rq->answer->header_count; i++) {
        if (str_ieq(rq->answer->headers[i].name, S("location"))) {
            location = rq->answer->headers[i].value;
        }
    }
    EXPECT(str_starts(location,
        S("https://client.example/cb?tab=1&error=access_denied&error_description=no&state=a")));
    EXPECT(
        str_find_str(location, S("&c=d")) == location.n && str_find(location, '#') == location.n);
    EXPECT(str_find_str(location, S("&iss=")) < location.n);
    fixture_done(rq);
    fixture_done(s.first);
    fixture_close(s.fx);
}
