/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT rq
#include "../fixture.h"

#include "model/event/event.h"

static struct rq *
rq_with_body(struct fixture *fx, str type, str body)
{
    struct rq *rq = fixture_rq(fx);
    struct http_request *http = (struct http_request *)rq->http;

    fixture_header(rq, S("content-type"), type);
    http->body = body;
    http->method = HTTP_POST;
    return rq;
}

TEST(rfc6749_3_1_a_repeated_parameter_is_refused)
{
    static const struct {
        int line;
        const char *body;
        enum err want;
    } cases[] = {
        {__LINE__, "a=1&b=2", ERR_OK},
        {__LINE__, "", ERR_OK},
        {__LINE__, "a=1&a=1", ERR_INVALID_REQUEST},
        {__LINE__, "a=1&b=2&%61=3", ERR_INVALID_REQUEST},
        {__LINE__, "a=%zz", ERR_INVALID_REQUEST},
        {__LINE__, "a=%00", ERR_INVALID_REQUEST},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = rq_with_body(
            fx, S("application/x-www-form-urlencoded; charset=utf-8"), str_from(cases[i].body));
        const struct form *form;
        CHECK_AT(cases[i].line, rq_form(rq, &form) == cases[i].want);
        fixture_done(rq);
        rq = fixture_rq(fx);
        ((struct http_request *)rq->http)->query = str_from(cases[i].body);
        CHECK_AT(cases[i].line, rq_query(rq, &form) == cases[i].want);
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(a_list_takes_nothing_from_other_parameters)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);

    ((struct http_request *)rq->http)->query = S("id=1&dryRun=true&id=2&%69d=3&empty=");
    EXPECT_STR(rq_query_get(rq, S("dryRun")), S("true"));
    EXPECT_STR(rq_query_get(rq, S("id")), NO_STR);
    EXPECT_STR(rq_query_get(rq, S("empty")), NO_STR);
    EXPECT_STR(rq_query_get(rq, S("other")), NO_STR);
    fixture_done(rq);
    rq = fixture_rq(fx);
    ((struct http_request *)rq->http)->query = S("dryRun=true&a=%zz");
    EXPECT_STR(rq_query_get(rq, S("dryRun")), NO_STR);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(null_is_no_body)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = rq_with_body(fx, S("application/json"), S(" null "));
    const struct json *json = NULL;

    EXPECT(rq_json(rq, &json) == ERR_OK && json == NULL);
    EXPECT(rq_json(rq, &json) == ERR_OK && json == NULL);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_body_of_another_type_is_no_form_and_no_json)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = rq_with_body(fx, S("text/plain"), S("a=1"));
    const struct form *form;
    const struct json *json;

    EXPECT(rq_form(rq, &form) == ERR_INVALID_REQUEST);
    fixture_done(rq);
    rq = rq_with_body(fx, S("text/plain"), S("{}"));
    EXPECT(rq_json(rq, &json) == ERR_MEDIA_TYPE);
    fixture_done(rq);
    rq = rq_with_body(fx, S("application/json"), S("{\"a\":1,\"a\":2}"));
    EXPECT(rq_json(rq, &json) == ERR_FIELDS && rq->faults.count == 1);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(rfc6750_2_1_the_bearer_scheme_is_read_in_any_case)
{
    static const struct {
        int line;
        const char *value, *want;
    } cases[] = {
        {__LINE__, "Bearer abc", "abc"},
        {__LINE__, "bEARER  abc ", "abc"},
        {__LINE__, "Basic abc", ""},
        {__LINE__, "Bearerabc", ""},
        {__LINE__, "Bearer", ""},
        {__LINE__, "", ""},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = fixture_rq(fx);
        fixture_header(rq, S("authorization"), str_from(cases[i].value));
        CHECK_AT(cases[i].line, str_eq(rq_bearer(rq), str_from(cases[i].want)));
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(oa_07_redirects_are_303_and_cookies_are_closed_to_scripts)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);

    rq->house->is_https = true;
    rq_set_cookie(rq, S("x"), S("value"), -1);
    EXPECT(rq_redirect(rq, S("https://client.example/")) == ERR_OK);
    EXPECT(rq->answer->status == 303);
    for (size_t i = 0; i < rq->answer->header_count; i++) {
        if (str_ieq(rq->answer->headers[i].name, S("set-cookie"))) {
            str line = rq->answer->headers[i].value;
            EXPECT(str_starts(line, S("__Host-x=value")));
            EXPECT(str_find_str(line, S("HttpOnly")) < line.n
                   && str_find_str(line, S("Secure")) < line.n);
            EXPECT(str_find_str(line, S("SameSite=Lax")) < line.n);
        }
    }
    rq->house->is_https = false;
    fixture_done(rq);
    fixture_close(fx);
}

TEST(what_a_refusal_keeps_is_what_was_declared_after_it_was_known)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct event event = {.kind = "first"};

    REQUIRE(event_add(rq, fx->tenant, &event) == ERR_OK);
    rq->has_mail = true;
    EXPECT(rq->writes.count > 0 && !rq->keeps_writes);
    rq_keep_refusal(rq);
    EXPECT(rq->writes.count == 0 && rq->keeps_writes && !rq->has_mail);
    event.kind = "second";
    REQUIRE(event_add(rq, fx->tenant, &event) == ERR_OK);
    REQUIRE(fixture_commit(rq) == ERR_OK);
    fixture_done(rq);
    EXPECT(fixture_count(fx, "event") == 1);
    fixture_close(fx);
}
