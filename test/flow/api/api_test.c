/* SPDX-License-Identifier: Apache-2.0 */
/* Who may call, for which tenant, and what the audit keeps of a change. */
#define UNIT api
#include "../../model/fixture.h"

#include "flow/api/api.h"
#include "flow/api/api_resource.h"
#include "model/cache/cache.h"
#include "model/event/event.h"

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

TestSuite(api, .init = open_house, .fini = close_house);

/* A key with these permissions ("" for all), bound to the tenant unless it is nil. */
static void
add_key(const char *value, const char *endpoints, struct uuid tenant_id, int64_t expiration)
{
    struct rq *rq = fixture_rq(fx);
    struct api_key key;

    field_defaults(rq->arena, &api_key_table, &key);
    key.id = rq_new_id(rq);
    key.key = str_from(value);
    key.tenant_id = tenant_id;
    key.permissions.endpoints = str_from(endpoints);
    key.expiration_instant = expiration;
    REQUIRE(apikey_create(rq, &key) == ERR_OK);
    fixture_finish(rq);
}

static struct rq *
call(const char *authorization, const char *tenant, const char *method)
{
    struct rq *rq = fixture_rq(fx);
    struct http_request *http = (struct http_request *)(void *)(uintptr_t)rq->http;

    http->method_text = str_from(method);
    if (authorization != NULL) {
        fixture_header(rq, S("authorization"), str_from(authorization));
    }
    if (tenant != NULL) {
        fixture_header(rq, S("x-fusionauth-tenantid"), str_from(tenant));
    }
    return rq;
}

TEST(a_key_may_do_what_its_permissions_list)
{
    static const struct {
        int line;
        const char *authorization, *endpoint, *method;
        bool is_required;
        enum err want;
        bool wants_key;
    } cases[] = {
        {__LINE__, "everything-everything", "/api/user", "DELETE", true, ERR_OK, true},
        {__LINE__, "only-users-only-users", "/api/user", "GET", true, ERR_OK, true},
        {__LINE__, "only-users-only-users", "/api/user", "POST", true, ERR_UNAUTHENTICATED, false},
        {__LINE__, "only-users-only-users", "/api/user/registration", "GET", true, ERR_OK, true},
        {__LINE__, "only-users-only-users", "/api/user/search", "POST", true, ERR_OK, true},
        {__LINE__, "only-users-only-users", "/api/user/search", "GET", true, ERR_UNAUTHENTICATED,
            false},
        {__LINE__, "only-users-only-users", "/api/user-action", "GET", true, ERR_UNAUTHENTICATED,
            false},
        {__LINE__, "only-users-only-users", "/api/tenant", "GET", true, ERR_UNAUTHENTICATED, false},
        {__LINE__, "only-users-only-users", "/api/key", "DELETE", true, ERR_OK, true},
        {__LINE__, "it-was-good-yesterday", "/api/user", "GET", true, ERR_UNAUTHENTICATED, false},
        {__LINE__, "nobody-has-this-value", "/api/user", "GET", true, ERR_UNAUTHENTICATED, false},
        {__LINE__, "nobody-has-this-value", "/api/user", "GET", false, ERR_UNAUTHENTICATED, false},
        {__LINE__, "Everything-everything", "/api/user", "GET", true, ERR_UNAUTHENTICATED, false},
        {__LINE__, NULL, "/api/user", "GET", true, ERR_UNAUTHENTICATED, false},
        {__LINE__, NULL, "/api/user", "GET", false, ERR_OK, false},
        {__LINE__, "Bearer everything-everything", "/api/user", "GET", true, ERR_UNAUTHENTICATED,
            false},
        {__LINE__, "bearer x", "/api/user", "GET", false, ERR_OK, false},
        {__LINE__, "JWT x", "/api/user", "GET", false, ERR_OK, false},
    };
    struct uuid none = {{0}};

    add_key("everything-everything", "", none, 0);
    add_key("only-users-only-users",
        "{\"/api/user\":[\"GET\"],\"/api/user/search\":[\"POST\"],\"/api/key\":[]}", none, 0);
    add_key("it-was-good-yesterday", "", none, atomic_load(&fx->now) - 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = call(cases[i].authorization, NULL, cases[i].method);
        enum err e = api_check_key(rq, str_from(cases[i].endpoint), cases[i].is_required);

        CHECK_AT(cases[i].line, e == cases[i].want);
        CHECK_AT(cases[i].line, (rq->api_key != NULL) == cases[i].wants_key);
        fixture_done(rq);
    }
}

TEST(oa_64_a_call_of_one_tenant_sees_no_other)
{
    struct uuid none = {{0}}, ours = fx->tenant->id, theirs = fx->other->id;
    char our_text[UUID_TEXT + 1] = {0}, their_text[UUID_TEXT + 1] = {0};
    struct {
        int line;
        const char *key, *header;
        enum err want;
        bool sees_ours, sees_theirs, is_bound;
    } cases[] = {
        {__LINE__, "free-key-free-key", NULL, ERR_OK, true, true, false},
        {__LINE__, "free-key-free-key", our_text, ERR_OK, true, false, true},
        {__LINE__, "free-key-free-key", their_text, ERR_OK, false, true, true},
        {__LINE__, "free-key-free-key", "no-uuid", ERR_FIELDS, true, true, false},
        {__LINE__, "free-key-free-key", "99999999-9999-4999-8999-999999999999", ERR_FIELDS, true,
            true, false},
        {__LINE__, "our-key-our-key-our", NULL, ERR_OK, true, false, true},
        {__LINE__, "our-key-our-key-our", our_text, ERR_OK, true, false, true},
        {__LINE__, "our-key-our-key-our", their_text, ERR_UNAUTHENTICATED, true, false, true},
        {__LINE__, NULL, their_text, ERR_OK, false, true, true},
    };

    uuid_write(ours, our_text);
    uuid_write(theirs, their_text);
    add_key("free-key-free-key", "", none, 0);
    add_key("our-key-our-key-our", "", ours, 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = call(cases[i].key, cases[i].header, "GET");
        enum err e = api_check_key(rq, S("/api/user"), false);

        CHECK_AT(cases[i].line, e == cases[i].want);
        CHECK_AT(cases[i].line, api_may_see(rq, ours) == cases[i].sees_ours);
        CHECK_AT(cases[i].line, api_may_see(rq, theirs) == cases[i].sees_theirs);
        CHECK_AT(cases[i].line, api_is_bound(rq) == cases[i].is_bound);
        fixture_done(rq);
    }
}

TEST(the_tenant_is_named_by_header_or_key_or_is_the_only_one)
{
    struct rq *rq = call(NULL, NULL, "GET");

    EXPECT(api_tenant(rq) == ERR_FIELDS); /* the fixture has two */
    REQUIRE(rq->faults.first != NULL);
    EXPECT_STR(rq->faults.first->code, S("TenantIdRequired"));
    fixture_done(rq);
    add_key("our-key-our-key-our", "", fx->tenant->id, 0);
    rq = call("our-key-our-key-our", NULL, "GET");
    REQUIRE(api_check_key(rq, S("/api/user"), true) == ERR_OK);
    EXPECT(api_tenant(rq) == ERR_OK);
    REQUIRE(rq->tenant != NULL);
    EXPECT(uuid_eq(rq->tenant->id, fx->tenant->id));
    fixture_done(rq);
    rq = fixture_rq(fx);
    REQUIRE(tenant_delete(rq, fx->other) == ERR_OK);
    fixture_finish(rq);
    rq = call(NULL, NULL, "GET");
    EXPECT(api_tenant(rq) == ERR_OK);
    REQUIRE(rq->tenant != NULL);
    EXPECT(uuid_eq(rq->tenant->id, fx->tenant->id));
    fixture_done(rq);
}

TEST(inv_11_a_change_is_audited_with_its_actor_and_without_secrets)
{
    struct event_record *events;
    struct user before, after;
    struct rq *rq;
    size_t count;

    add_key("our-key-our-key-our", "", fx->tenant->id, 0);
    rq = call("our-key-our-key-our", NULL, "PUT");
    REQUIRE(api_check_key(rq, S("/api/user"), true) == ERR_OK && rq->api_key != NULL);
    struct uuid actor = rq->api_key->id;
    field_defaults(rq->arena, &user_table, &before);
    before.email = S("before@example.com");
    before.id = fixture_id(fx);
    after = before;
    after.email = S("after@example.com");
    after.password = S("a secret of hers");
    after.expiry = 12345;
    struct api_change change = {.kind = "user.update",
        .id = before.id,
        .table = &user_table,
        .before = &before,
        .after = &after};
    REQUIRE(api_audit(rq, fx->tenant, &change) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(event_list(rq, fx->tenant, (struct uuid){{0}}, 10, &events, &count) == ERR_OK);
    REQUIRE(count == 1);
    EXPECT_STR(events[0].kind, S("user.update"));
    EXPECT(uuid_eq(events[0].actor, actor));
    EXPECT(str_find_str(events[0].detail, S("12345")) < events[0].detail.n);
    EXPECT(str_find_str(events[0].detail, S("\"email\"")) < events[0].detail.n);
    EXPECT(str_find_str(events[0].detail, S("example.com")) == events[0].detail.n);
    EXPECT(str_find_str(events[0].detail, S("secret of hers")) == events[0].detail.n);
    fixture_done(rq);
}

/* Anybody's thing may be looked at on scratch memory; the request keeps what it held before. */
TEST(scratch_memory_leaves_the_request_as_it_was)
{
    struct rq *rq = fixture_rq(fx);
    const struct tenant *kept, *gone;
    struct api_scratch scratch;
    size_t used;

    REQUIRE(tenant_load(rq, fx->tenant->id, &kept) == ERR_OK && kept != NULL);
    used = arena_used(rq->arena);
    for (int i = 0; i < 50; i++) {
        REQUIRE(api_scratch_begin(rq, &scratch));
        EXPECT(tenant_load(rq, fx->other->id, &gone) == ERR_OK && gone != NULL);
        api_scratch_end(rq, &scratch);
    }
    EXPECT(arena_used(rq->arena) == used);
    EXPECT_STR(kept->name, S("Default"));
    fixture_done(rq);
}
