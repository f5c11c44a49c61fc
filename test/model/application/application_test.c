/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT application
#include "../fixture.h"

#include "codec/json.h"

static bool
reads(struct fixture *fx, str text, struct application *ret)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {fx->arena, &faults};
    const struct json *json;

    REQUIRE(json_parse(fx->arena, text, &json, NULL));
    field_defaults(fx->arena, &application_table, ret);
    return field_read(&reader, &application_table, FIELD_CREATE, json, S("application"), ret);
}

TEST(oa_04_oa_05_redirect_urls_that_are_dangerous_are_not_registered)
{
    static const struct {
        int line;
        const char *url;
        bool ok;
    } cases[] = {
        {__LINE__, "https://client.example/cb", true},
        {__LINE__, "https://client.example/cb?tab=1", true},
        {__LINE__, "http://localhost:3000/cb", true},
        {__LINE__, "http://127.0.0.1/cb", true},
        {__LINE__, "http://[::1]:9/cb", true},
        {__LINE__, "com.example.app:/cb", true},
        {__LINE__, "com.example.app://cb", true},
        {__LINE__, "http://client.example/cb", false},
        {__LINE__, "http://localhost.evil.example/cb", false},
        {__LINE__, "http://app.local:3000/cb", true},
        {__LINE__, "http://web.App.LOCALHOST/cb", true},
        {__LINE__, "http://shop.test/cb", true},
        {__LINE__, "http://wiki.corp.internal/cb", true},
        {__LINE__, "http://box.home.arpa/cb", true},
        {__LINE__, "http://applocal/cb", false},
        {__LINE__, "http://evillocalhost/cb", false},
        {__LINE__, "http://app.local.example/cb", false},
        {__LINE__, "http://app.local./cb", false},
        {__LINE__, "http://home.arpa.example/cb", false},
        {__LINE__, "http://arpa/cb", false},
        {__LINE__, "javascript:alert(1)", false},
        {__LINE__, "JavaScript:alert(1)", false},
        {__LINE__, "data:text/html,x", false},
        {__LINE__, "vbscript:x", false},
        {__LINE__, "file:///etc/passwd", false},
        {__LINE__, "blob:https://client.example/x", false},
        {__LINE__, "myapp:/cb", false},
        {__LINE__, "https://client.example/cb#fragment", false},
        {__LINE__, "https://user@client.example/cb", false},
        {__LINE__, "https://client.example/cb?code=1", false},
        {__LINE__, "https://client.example/cb?x=1&state=2", false},
        {__LINE__, "https://client.example/cb?iss=x", false},
        {__LINE__, "https://client.example/c b", false},
        {__LINE__, "/relative", false},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct application app;
        str text = str_fmt(fx->arena,
            "{\"name\":\"A\",\"oauthConfiguration\":{\"authorizedRedirectURLs\":[\"%s\"]}}",
            cases[i].url);
        CHECK_AT(cases[i].line, reads(fx, text, &app) == cases[i].ok);
    }
    fixture_close(fx);
}

TEST(oa_01_redirects_match_byte_for_byte)
{
    static const char *const mutants[] = {
        "https://client.example/cb/",
        "https://client.example/cb?",
        "https://client.example/cb?x",
        "https://client.example/CB",
        "https://CLIENT.example/cb",
        "HTTPS://client.example/cb",
        "https://client.example:443/cb",
        "https://client.example/./cb",
        "https://client.example/%63b",
        "https://client.example/a/../cb",
        "https://client.example//cb",
        "https://client.example/cb#",
        "https://client.example/cb#x",
        "https://client.example./cb",
        "https://client.example@evil.example/cb",
        "https://evil.example/cb",
        "https://client.example.evil.example/cb",
        "https://client.example\\@evil.example/cb",
        "http://client.example/cb",
        "https://client.example/cb%00",
        "https://client.example/cb%0d%0a",
        " https://client.example/cb",
        "https://client.example/cb ",
        "https://client.example/c",
        "",
        "https://client.example/cbb",
        "https://client%2eexample/cb",
        "https://client.example/cb;x",
    };
    struct field_texts urls = {(str[]){S("https://client.example/cb")}, 1};
    struct application app = {.oauth = {.redirect_urls = urls}};

    EXPECT(application_has_redirect(&app, S("https://client.example/cb")));
    for (size_t i = 0; i < COUNT(mutants); i++) {
        CHECK_AT((int)i, !application_has_redirect(&app, str_from(mutants[i])));
    }
}

TEST(oa_02_only_the_port_of_a_literal_loopback_may_differ_and_only_for_public_clients)
{
    static const struct {
        int line;
        const char *registered, *given;
        bool is_public, ok;
    } cases[] = {
        {__LINE__, "http://127.0.0.1/cb", "http://127.0.0.1:5000/cb", true, true},
        {__LINE__, "http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb", true, true},
        {__LINE__, "http://[::1]/cb", "http://[::1]:5000/cb", true, true},
        {__LINE__, "http://127.0.0.1/cb", "http://127.0.0.1:5000/cb", false, false},
        {__LINE__, "http://localhost/cb", "http://localhost:5000/cb", true, false},
        {__LINE__, "http://127.0.0.1/cb", "http://127.0.0.2:5000/cb", true, false},
        {__LINE__, "http://127.0.0.1/cb", "http://127.0.0.1:5000/other", true, false},
        {__LINE__, "http://127.0.0.1/cb", "http://127.0.0.1:5000/cb?x=1", true, false},
        {__LINE__, "http://127.0.0.1/cb", "https://127.0.0.1:5000/cb", true, false},
        {__LINE__, "http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb", true, false},
        {__LINE__, "http://127.0.0.1/cb", "http://u@127.0.0.1:5000/cb", true, false},
        {__LINE__, "http://127.0.0.1/cb", "http://[::1]:5000/cb", true, false},
        {__LINE__, "https://127.0.0.1/cb", "https://127.0.0.1:5000/cb", true, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        str registered = str_from(cases[i].registered);
        struct application app = {
            .oauth = {.redirect_urls = {&registered, 1},
                .client_auth = cases[i].is_public ? CLIENT_AUTH_NOT_REQUIRED_WITH_PKCE
                                                  : CLIENT_AUTH_REQUIRED}};
        CHECK_AT(
            cases[i].line, application_has_redirect(&app, str_from(cases[i].given)) == cases[i].ok);
    }
}

TEST(an_application_comes_back_as_it_was_put_with_a_secret_that_is_not_in_the_files)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    const struct application *got;
    struct application app;
    bool taken;

    REQUIRE(reads(fx,
        S("{\"name\":\"Shop\",\"roles\":[{\"name\":\"staff\"}],\"oauthConfiguration\":{"
          "\"enabledGrants\":[\"client_credentials\"]}}"),
        &app));
    app.id = fixture_id(fx);
    REQUIRE(application_create(rq, fx->tenant, &app) == ERR_OK);
    str secret = str_dup(fx->arena, app.oauth.client_secret);
    fixture_finish(rq);
    fixture_restart(fx);
    rq = fixture_rq(fx);
    REQUIRE(application_load(rq, app.id, &got) == ERR_OK && got != NULL);
    EXPECT(got->oauth.grants == GRANT_CLIENT_CREDENTIALS);
    EXPECT(application_has_role(got, S("staff")) && !application_has_role(got, S("admin")));
    EXPECT(secret.n == 43 && application_secret_ok(got, secret));
    EXPECT(!application_secret_ok(got, S("")) && !application_secret_ok(got, str_head(secret, 42)));
    EXPECT(fixture_search(fx, "", str_bytes(secret)) == 0);
    REQUIRE(application_name_taken(rq, fx->tenant->id, S("Shop"), (struct uuid){{0}}, &taken)
            == ERR_OK);
    EXPECT(taken);
    REQUIRE(
        application_name_taken(rq, fx->other->id, S("Shop"), (struct uuid){{0}}, &taken) == ERR_OK);
    EXPECT(!taken);
    fixture_done(rq);
    fixture_close(fx);
}
