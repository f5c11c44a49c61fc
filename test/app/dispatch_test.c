/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation and every database call of the main job is made to fail in turn: no crash, no
 * leak, no half-made grant, and the same request works when it is sent again. */
#define UNIT dispatch
#include "torture.h"

#include "codec/base64.h"

static str
between(str text, str start, char end)
{
    text = str_skip(text, str_find_str(text, start) + start.n);
    return str_head(text, str_find(text, end));
}

static void
main_job(struct torture_world *w, enum torture_kind kind)
{
    struct arena *keep = arena_new(MB(512));
    str basic = str_fmt(keep, "Basic " STRF,
        STRV(base64_text(keep, str_bytes(str_fmt(keep, STRF ":" STRF,
                                   STRV(uuid_text(keep, w->app_id)), STRV(w->secret))))));
    str query = str_fmt(keep,
        "client_id=" STRF "&response_type=code&redirect_uri=https%%3A%%2F%%2Fclient.example%%2Fcb&"
        "scope=openid+offline_access",
        STRV(uuid_text(keep, w->app_id)));
    struct torture_call call = {HTTP_GET, "/oauth2/authorize", query, NO_STR, NO_STR, NO_STR};
    struct torture_answer page = torture(w, keep, &call, kind), done, tokens;
    str state = between(page.body, S("name=\"state\" value=\""), '"');

    REQUIRE(state.n > 0);
    call = (struct torture_call){HTTP_POST, "/signin", NO_STR,
        str_fmt(keep,
            "state=" STRF "&step=signin&loginId=ada%%40example.com&password=correct+horse",
            STRV(state)),
        page.cookies, NO_STR};
    done = torture(w, keep, &call, kind);
    cr_assert(done.status == 303, "sign-in: %d", done.status);
    call = (struct torture_call){HTTP_POST, "/oauth2/token", NO_STR,
        str_fmt(keep,
            "grant_type=authorization_code&redirect_uri=https%%3A%%2F%%2Fclient.example%%2Fcb&"
            "code=" STRF,
            STRV(between(done.location, S("code="), '&'))),
        NO_STR, basic};
    tokens = torture(w, keep, &call, kind);
    call.body = str_fmt(keep, "grant_type=refresh_token&refresh_token=" STRF,
        STRV(torture_member(keep, tokens.body, S("refresh_token"))));
    tokens = torture(w, keep, &call, kind);
    call.path = "/oauth2/introspect";
    call.body =
        str_fmt(keep, "token=" STRF, STRV(torture_member(keep, tokens.body, S("access_token"))));
    EXPECT_STR(str_head(torture(w, keep, &call, kind).body, 14), S("{\"active\":true"));
    call.path = "/oauth2/revoke";
    EXPECT(torture(w, keep, &call, kind).status == 200);
    call.path = "/oauth2/introspect";
    EXPECT_STR(torture_perform(w, keep, &call, TORTURE_NOTHING, 0).body, S("{\"active\":false}"));
    arena_free(keep);
}

/* Cookies of an answer added to those that a browser has: the newest of a name is the first. */
static str
join_cookies(struct arena *arena, str new, str old)
{
    return new.n &&old.n ? str_fmt(arena, STRF "; " STRF, STRV(new), STRV(old)) : new.n ? new : old;
}

static str
query_of(str url)
{
    return str_skip(url, str_find(url, '?') + 1);
}

/* The hosted backend for a universal application, with something to complete on the way. */
static void
hosted_job(struct torture_world *w, enum torture_kind kind)
{
    struct arena *keep = arena_new(MB(512));
    str id = uuid_text(keep, w->everywhere_id), cookies;
    struct torture_call call = {
        HTTP_GET, "/app/login", str_fmt(keep, "client_id=" STRF, STRV(id)), NO_STR, NO_STR, NO_STR};
    struct torture_answer answer = torture(w, keep, &call, kind);

    cookies = answer.cookies;
    call = (struct torture_call){
        HTTP_GET, "/oauth2/authorize", query_of(answer.location), NO_STR, cookies, NO_STR};
    answer = torture(w, keep, &call, kind);
    call = (struct torture_call){HTTP_POST, "/signin", NO_STR,
        str_fmt(keep,
            "state=" STRF "&step=signin&loginId=ada%%40example.com&password=correct+horse",
            STRV(between(answer.body, S("name=\"state\" value=\""), '"'))),
        cookies, NO_STR};
    answer = torture(w, keep, &call, kind);
    cr_assert(answer.status == 200, "sign-in: %d", answer.status);
    cookies = join_cookies(keep, answer.cookies, cookies);
    call.body = str_fmt(keep, "state=" STRF "&step=complete&user.firstName=Ada",
        STRV(between(answer.body, S("name=\"state\" value=\""), '"')));
    call.cookies = cookies;
    answer = torture(w, keep, &call, kind);
    cr_assert(answer.status == 303, "completion: %d " STRF, answer.status, STRV(answer.body));
    call = (struct torture_call){
        HTTP_GET, "/app/callback", query_of(answer.location), NO_STR, cookies, NO_STR};
    answer = torture(w, keep, &call, kind);
    EXPECT(str_find_str(answer.cookies, S("app.rt_proof=")) < answer.cookies.n);
    cookies = join_cookies(keep, answer.cookies, cookies);
    call = (struct torture_call){HTTP_POST, "/app/refresh",
        str_fmt(keep, "client_id=" STRF, STRV(id)), NO_STR, cookies, NO_STR};
    answer = torture(w, keep, &call, kind);
    EXPECT(str_find_str(answer.cookies, S("app.at=")) < answer.cookies.n);
    cookies = join_cookies(keep, answer.cookies, cookies);
    call = (struct torture_call){HTTP_GET, "/app/me", NO_STR, NO_STR, cookies, NO_STR};
    answer = torture(w, keep, &call, kind);
    EXPECT(str_starts(answer.body, S("{\"sub\":")));
    call = (struct torture_call){HTTP_GET, "/app/logout",
        str_fmt(keep, "client_id=" STRF, STRV(id)), NO_STR, cookies, NO_STR};
    answer = torture(w, keep, &call, kind);
    EXPECT(str_find_str(answer.cookies, S("app.rt=")) < answer.cookies.n);
    arena_free(keep);
}

TEST(every_allocation_of_a_hosted_sign_in_may_fail, .timeout = 300)
{
    struct torture_world w;

    torture_open(&w);
    hosted_job(&w, TORTURE_MEMORY);
    torture_close(&w);
}

TEST(every_database_call_of_a_hosted_sign_in_may_fail, .timeout = 300)
{
    struct torture_world w;

    torture_open(&w);
    hosted_job(&w, TORTURE_DATABASE);
    torture_close(&w);
}

TEST(every_allocation_of_the_main_job_may_fail, .timeout = 300)
{
    struct torture_world w;

    torture_open(&w);
    main_job(&w, TORTURE_MEMORY);
    torture_close(&w);
}

TEST(every_database_call_of_the_main_job_may_fail, .timeout = 300)
{
    struct torture_world w;

    torture_open(&w);
    main_job(&w, TORTURE_DATABASE);
    torture_close(&w);
}
