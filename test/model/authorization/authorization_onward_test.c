/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT authorization_onward
#include "../fixture.h"

#include "model/authorization/authorization_onward.h"

#define ASKED "client_id=1&redirect_uri=https%3A%2F%2Fa.example%2Fcb"

TEST(a_request_keeps_the_parameters_that_are_known_each_once_and_no_token)
{
    static const struct {
        int line;
        const char *query, *want;
    } cases[] = {
        {__LINE__, ASKED, ASKED},
        {__LINE__, "client_id=1&scope=openid", ""},
        {__LINE__, "redirect_uri=https%3A%2F%2Fa.example%2Fcb", ""},
        {__LINE__, ASKED "&client_id=2&state=a%20b&state=c", ASKED "&state=a%20b"},
        {__LINE__, ASKED "&resource=https%3A%2F%2Fr&resource=https%3A%2F%2Fs",
            ASKED "&resource=https%3A%2F%2Fr&resource=https%3A%2F%2Fs"},
        {__LINE__, ASKED "&prompt=none&max_age=5", ASKED "&max_age=5"},
        {__LINE__, ASKED "&prompt=login&nonce=", ASKED "&prompt=login"},
        {__LINE__, ASKED "&id_token_hint=x&lang=ar&evil=1&code=2", ASKED},
        {__LINE__, "", ""},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = fixture_rq(fx);
        struct form form;
        str got, state;

        REQUIRE(form_parse(rq->arena, str_from(cases[i].query), &form));
        got = authorization_request_of(rq, &form);
        CHECK_AT(cases[i].line, str_eq(got, str_from(cases[i].want)));
        state = authorization_request_state(rq, got);
        CHECK_AT(cases[i].line, (state.n > 0) == (got.n > 0));
        CHECK_AT(cases[i].line, str_eq(authorization_request_of_state(rq, state), got));
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(what_an_application_put_into_a_state_is_read_with_the_same_eyes)
{
    static const struct {
        int line;
        const char *state, *want;
    } cases[] = {
        {__LINE__, "{\"client_id\":\"1\",\"redirect_uri\":\"https://a.example/cb\",\"x\":\"y\"}",
            ASKED},
        {__LINE__, "{\"client_id\":1,\"redirect_uri\":\"https://a.example/cb\"}", ""},
        {__LINE__, "{\"redirect_uri\":{\"client_id\":\"1\"}}", ""},
        {__LINE__, "[\"client_id\"]", ""},
        {__LINE__, "no json", ""},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = fixture_rq(fx);

        CHECK_AT(cases[i].line, str_eq(authorization_request_of_state(rq, str_from(cases[i].state)),
                                    str_from(cases[i].want)));
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(oa_21_a_page_opens_only_in_its_browser_and_only_unchanged)
{
    struct fixture *fx = fixture_open();
    struct rq *first = fixture_rq(fx), *same = fixture_rq(fx), *other = fixture_rq(fx);
    struct authorization_onward onward = {.tenant_id = fixture_id(fx),
        .step = S("password.link"),
        .text = S("an id"),
        .request = S(ASKED),
        .started_at = first->now};
    struct authorization_onward got;
    str sealed = authorization_onward_seal(first, &onward);

    REQUIRE(sealed.n > 0);
    fixture_carry_cookies(first, same);
    EXPECT(authorization_onward_open(same, sealed, &got));
    EXPECT(str_eq(got.text, onward.text) && str_eq(got.request, onward.request));
    EXPECT(uuid_eq(got.tenant_id, onward.tenant_id) && uuid_is_nil(got.application_id));
    EXPECT(!authorization_onward_open(other, sealed, &got));
    EXPECT(!authorization_onward_open(same, str_head(sealed, sealed.n - 1), &got));
    EXPECT(same->writes.count == 0 && other->writes.count == 0);
    fixture_done(first);
    fixture_done(same);
    fixture_done(other);
    fixture_close(fx);
}
