/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies: what stands beside the object, and the kinds of PATCH. */
#define UNIT api_body
#include "../../model/fixture.h"

#include "flow/api/api.h"
#include "model/application/application.h"

static struct fixture *fx;

static void
open_house(void)
{
    fx = fixture_open();
}

static void
close_house(void)
{
    fixture_close(fx);
}

TestSuite(api_body, .init = open_house, .fini = close_house);

static struct rq *
request(enum http_method method, const char *type, const char *body)
{
    struct rq *rq = fixture_rq(fx);
    struct http_request *http = (struct http_request *)(void *)(uintptr_t)rq->http;

    http->method = method;
    http->body = str_from(body);
    fixture_header(rq, S("content-type"), str_from(type));
    return rq;
}

/* The codes of the faults as the wire has them, joined by spaces. */
static str
codes(struct rq *rq)
{
    str all = NO_STR;

    for (const struct field_fault *f = rq->faults.first; f != NULL; f = f->next) {
        all = str_fmt(rq->arena, STRF "%s[" STRF "]" STRF, STRV(all), all.n ? " " : "",
            STRV(f->code), STRV(f->path));
    }
    return all;
}

TEST(what_stands_beside_the_object_is_read_by_its_own_table)
{
    static const struct {
        int line;
        const char *body, *codes;
        bool is_read;
    } cases[] = {
        {__LINE__, "{\"role\":{\"name\":\"x\"}}", "", true},
        {__LINE__, "{\"role\":{\"foo\":1}}", "", true}, /* the object is not looked at */
        {__LINE__, "{\"eventInfo\":{\"ipAddress\":\"::1\"},\"role\":{}}", "", true},
        {__LINE__, "{\"role\":{},\"rolle\":{}}", "[unknown]rolle", true},
        {__LINE__, "{\"a\":1,\"role\":{},\"b\":2}", "[unknown]a [unknown]b", true},
        {__LINE__, "{\"eventInfo\":7}", "[invalidJSON]eventInfo", true},
        {__LINE__, "[]", "[invalidJSON]", false},
        {__LINE__, "{\"role\":", "[invalidJSON]", false},
        {__LINE__, "{\"role\":{},\"role\":{}}", "[invalidJSON]", false},
    };
    static const char *const objects[] = {"role", NULL};

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = request(HTTP_POST, "application/json", cases[i].body);
        struct api_beside beside;
        const struct json *body;

        CHECK_AT(cases[i].line, (api_body(rq, objects, &api_beside_table, &beside, &body) == ERR_OK)
                                    == cases[i].is_read);
        CHECK_AT(cases[i].line, str_eq(codes(rq), str_from(cases[i].codes)));
        CHECK_AT(cases[i].line, (api_faults(rq) == ERR_OK) == (cases[i].codes[0] == '\0'));
        fixture_done(rq);
    }
}

static const char plain[] = "application/json", merge[] = "application/merge-patch+json",
                  steps[] = "application/json-patch+json";
static const struct {
    int line;
    enum http_method method;
    const char *type, *body;
    enum err want;
    const char *name;
    int grants; /* of the application afterwards */
} patches[] = {
    {__LINE__, HTTP_PUT, plain, "{\"application\":{\"name\":\"n\"}}", ERR_OK, "n", 2},
    {__LINE__, HTTP_PUT, plain,
        "{\"application\":{\"name\":\"n\",\"oauthConfiguration\":{\"enabledGrants\":[]}}}", ERR_OK,
        "n", 0},
    {__LINE__, HTTP_PATCH, plain,
        "{\"application\":{\"oauthConfiguration\":{\"enabledGrants\":[\"client_credentials\"]}}"
        "}",
        ERR_OK, "old", 2},
    {__LINE__, HTTP_PATCH, "application/json; charset=UTF-8",
        "{\"application\":{\"oauthConfiguration\":{\"enabledGrants\":[\"refresh_token\"]}}}",
        ERR_OK, "old", 1},
    {__LINE__, HTTP_PATCH, merge,
        "{\"application\":{\"oauthConfiguration\":{\"enabledGrants\":[\"client_credentials\"]}}"
        "}",
        ERR_OK, "old", 1},
    {__LINE__, HTTP_PATCH, merge, "{\"application\":{\"oauthConfiguration\":null}}", ERR_OK, "old",
        2},
    {__LINE__, HTTP_PATCH, merge, "{\"application\":{\"name\":null}}", ERR_FIELDS, NULL, 0},
    {__LINE__, HTTP_PATCH, steps,
        "[{\"op\":\"replace\",\"path\":\"/application/name\",\"value\":\"s\"}]", ERR_OK, "s", 1},
    {__LINE__, HTTP_PATCH, steps,
        "[{\"op\":\"add\",\"path\":\"/application/oauthConfiguration/enabledGrants/-\","
        "\"value\":\"client_credentials\"}]",
        ERR_OK, "old", 2},
    {__LINE__, HTTP_PATCH, steps, "[{\"op\":\"remove\",\"path\":\"/application\"}]", ERR_FIELDS,
        NULL, 0},
    {__LINE__, HTTP_PATCH, steps,
        "[{\"op\":\"test\",\"path\":\"/application/name\",\"value\":\"x\"}]", ERR_FIELDS, NULL, 0},
    {__LINE__, HTTP_PATCH, steps, "{\"application\":{}}", ERR_FIELDS, NULL, 0},
    {__LINE__, HTTP_PATCH, "text/plain", "{}", ERR_MEDIA_TYPE, NULL, 0},
};

TEST(rfc7396_and_rfc6902_and_fusionauths_own_patch)
{
    for (size_t i = 0; i < COUNT(patches); i++) {
        struct rq *rq = request(patches[i].method, patches[i].type, patches[i].body);
        struct field_reader reader = api_reader(rq);
        struct application old, new;
        struct api_beside beside;
        struct api_patch patch = {
            "application", &application_table, &old, &api_beside_table, &beside};
        const struct json *value = NULL;
        enum field_mode mode;
        enum err e;

        field_defaults(rq->arena, &application_table, &old);
        old.name = S("old");
        old.oauth.enabled_grants = (struct field_texts){(str[]){S("refresh_token")}, 1};
        new = old;
        e = api_patch_body(rq, &patch, &value, &mode);
        if (e == ERR_OK
            && !field_read(&reader, &application_table, mode, value, S("application"), &new)) {
            e = api_faults(rq);
        }
        CHECK_AT(patches[i].line, e == patches[i].want);
        if (e == ERR_OK) {
            CHECK_AT(patches[i].line, str_eq(new.name, str_from(patches[i].name)));
            CHECK_AT(patches[i].line, (int)new.oauth.enabled_grants.count == patches[i].grants);
            CHECK_AT(patches[i].line, old.oauth.enabled_grants.count == 1);
        }
        fixture_done(rq);
    }
}

TEST(a_repeated_parameter_gives_all_its_values)
{
    struct rq *rq = request(HTTP_GET, "application/json", "");
    struct http_request *http = (struct http_request *)(void *)(uintptr_t)rq->http;
    struct field_texts all;

    http->query = S("userId=a&x=1&userId=b%20c&userId=");
    REQUIRE(api_query_all(rq, "userId", &all) == ERR_OK);
    REQUIRE(all.count == 3);
    EXPECT_STR(all.items[0], S("a"));
    EXPECT_STR(all.items[1], S("b c"));
    EXPECT_STR(all.items[2], S(""));
    REQUIRE(api_query_all(rq, "none", &all) == ERR_OK);
    EXPECT(all.count == 0);
    http->query = S("userId=%zz");
    EXPECT(api_query_all(rq, "userId", &all) == ERR_FIELDS);
    fixture_done(rq);
}
