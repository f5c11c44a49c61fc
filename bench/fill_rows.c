/* SPDX-License-Identifier: Apache-2.0 */
/* Generated tenants and people. A person's number is a place in time: number 0 of N came a year
 * ago, number N - 1 came now; their sign-ins of the last 90 days and the tokens of the last 33
 * (three days of them expired, which the sweep takes) lie in the same order, give or take
 * a few neighbours.
 * So rows arrive in the order of their ids, as they do in life. */
#include "fill_rows.h"

#include <stdio.h>

#include "app/house.h"
#include "crypto/password.h"
#include "model/apikey/apikey.h"
#include "model/application/application.h"
#include "model/event/event.h"
#include "model/token/token.h"
#include "model/user/user.h"

#define HISTORY_MS (365 * DAY_MS)
#define SIGN_IN_MS (90 * DAY_MS)
#define TOKEN_MS (33 * DAY_MS)
enum { NEIGHBOURS = 50 };

#define SCHEME S("salted-sha256")

enum err
fill_house(struct rq *rq)
{
    struct api_key *key = ARENA_NEW(rq->arena, struct api_key);
    enum err e = house_bootstrap(rq, (struct uuid){{0}});

    if (e != ERR_OK || key == NULL) {
        return e ? e : ERR_SERVER;
    }
    field_defaults(rq->arena, &api_key_table, key);
    key->id = rq_new_id(rq);
    key->name = S("bench");
    key->key = S("an-api-key-for-tests-with-everything");
    return apikey_create(rq, key);
}

static bool
take_texts(struct arena *arena, struct field_texts *ret, const str *items, size_t count)
{
    str *copies = ARENA_ARRAY(arena, count, str);

    for (size_t i = 0; copies != NULL && i < count; i++) {
        copies[i] = items[i];
    }
    *ret = (struct field_texts){copies, count};
    return copies != NULL;
}

static enum err
add_application(struct rq *rq, const struct tenant *tenant, int64_t number)
{
    static const str grants[] = {
        {"authorization_code", 18}, {"client_credentials", 18}, {"refresh_token", 13}};
    static const str urls[] = {{"https://client.example/callback", 31}};
    struct application *app = ARENA_NEW(rq->arena, struct application);
    struct role *role = ARENA_NEW(rq->arena, struct role);

    if (app == NULL || role == NULL) {
        return ERR_SERVER;
    }
    field_defaults(rq->arena, &application_table, app);
    app->id = people_application_id(number);
    app->name = S("App");
    app->oauth.client_secret = PEOPLE_SECRET;
    app->login.makes_refresh_tokens = true;
    role->name = S("member");
    role->is_default = true;
    app->roles = (struct field_list){role, 1};
    if (!take_texts(rq->arena, &app->oauth.enabled_grants, grants, COUNT(grants))
        || !take_texts(rq->arena, &app->oauth.redirect_urls, urls, COUNT(urls))) {
        return ERR_SERVER;
    }
    return application_create(rq, tenant, app);
}

enum err
fill_tenant(struct rq *rq, int64_t number)
{
    struct tenant *tenant = ARENA_NEW(rq->arena, struct tenant);
    enum err e;

    if (tenant == NULL) {
        return ERR_SERVER;
    }
    field_defaults(rq->arena, &tenant_table, tenant);
    tenant->id = people_tenant_id(number);
    tenant->name = str_fmt(rq->arena, "Tenant %lld", (long long)number);
    tenant->encryption.scheme = SCHEME; /* one round: filling and signing in are not about hashes */
    tenant->encryption.factor = 1;
    e = tenant_create(rq, tenant);
    return e ? e : add_application(rq, tenant, number);
}

/* The person's place in a span of time that ends now, moved among the neighbours, differently for
 * each of the things that happen to a person. */
static int64_t
instant_of(const struct fill_plan *plan, int64_t person, int64_t span_ms, uint64_t thing)
{
    double each_ms = (double)span_ms / (double)plan->people.users;
    int64_t moved = (int64_t)(people_hash((uint64_t)person * 64 + thing) % NEIGHBOURS);

    return plan->now - span_ms + (int64_t)(each_ms * (double)MAX(0, person - moved));
}

static enum err
set_password(struct rq *rq, struct user *user)
{
    struct password_hash hash;

    if (!password_make(rq->arena, rq->rng, SCHEME, 1, PEOPLE_PASSWORD, &hash)) {
        return FAIL_SERVER(rq);
    }
    user->scheme = hash.scheme;
    user->factor = hash.factor;
    user->salt = hash.salt;
    user->hash = hash.hash;
    user->password_instant = rq->now;
    return ERR_OK;
}

/* One in four has a user name too, one in eight a telephone number. */
static enum err
describe(struct rq *rq, int64_t person, struct user *user)
{
    static const str english[] = {{"en", 2}};
    static const char *const zones[] = {"Asia/Phnom_Penh", "Europe/Berlin", "America/New_York"};
    uint64_t dice = people_hash((uint64_t)person ^ 0x5eed);
    char email[PEOPLE_EMAIL_MAX];

    user->email = str_dup(rq->arena, people_email(person, email));
    user->first_name = people_first_name(person);
    user->last_name = people_last_name(person);
    user->birth_date = str_fmt(rq->arena, "%d-%02d-%02d", 1950 + (int)(dice % 55),
        1 + (int)((dice >> 8) % 12), 1 + (int)((dice >> 16) % 28));
    user->timezone = str_from(zones[(dice >> 24) % COUNT(zones)]);
    user->verified = true;
    user->verified_instant = rq->now;
    if (person % 4 == 0) {
        user->username = str_fmt(rq->arena, STRF "%lld", STRV(user->last_name), (long long)person);
    }
    if (person % 8 == 0) {
        user->phone_number = str_fmt(rq->arena, "+8551%08lld", (long long)person);
    }
    return take_texts(rq->arena, &user->languages, english, 1) ? set_password(rq, user)
                                                               : ERR_SERVER;
}

static enum err
note(struct rq *rq, const struct tenant *tenant, const struct user *user, const char *kind)
{
    uint64_t dice = people_hash((uint64_t)rq->now);
    struct event event = {.kind = kind, .user_id = user->id};

    event.detail = str_fmt(rq->arena,
        "{\"ipAddress\":\"198.51.100.%d\",\"userAgent\":"
        "\"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\"}",
        (int)(dice % 256));
    return event_add(rq, tenant, &event);
}

static enum err
add_person(struct rq *rq, const struct fill_plan *plan, const struct tenant *tenant, int64_t person,
    struct user *user)
{
    static const str roles[] = {{"member", 6}};
    struct registration *registration = ARENA_NEW(rq->arena, struct registration);
    enum err e;

    if (registration == NULL) {
        return ERR_SERVER;
    }
    field_defaults(rq->arena, &user_table, user);
    field_defaults(rq->arena, &registration_table, registration);
    registration->application_id = people_application_id(people_tenant(&plan->people, person));
    if (!take_texts(rq->arena, &registration->roles, roles, COUNT(roles))) {
        return ERR_SERVER;
    }
    e = describe(rq, person, user);
    e = e ? e : user_create(rq, tenant, user);
    e = e ? e : registration_create(rq, tenant, user, registration);
    return e ? e : note(rq, tenant, user, "user.create");
}

static enum err
add_token(struct rq *rq, const struct tenant *tenant, struct uuid application, struct uuid user_id)
{
    struct token token = {.application_id = application,
        .user_id = user_id,
        .session_id = rq_new_id(rq),
        .scope = S("openid offline_access"),
        .authentication_type = S("PASSWORD"),
        .device_name = S("Firefox on Linux"),
        .device_type = S("BROWSER"),
        .address = S("198.51.100.7")};
    str text;

    return token_create(rq, tenant, &token, true, &text);
}

/* How many of so many things in all are this person's. */
static int64_t
share(const struct fill_plan *plan, int64_t things, int64_t person)
{
    double each = (double)things / (double)plan->people.users;

    return (int64_t)(each * (double)(person + 1)) - (int64_t)(each * (double)person);
}

static enum err
add_history(struct rq *rq, const struct fill_plan *plan, const struct tenant *tenant,
    int64_t person, const struct user *user)
{
    struct uuid app = people_application_id(people_tenant(&plan->people, person));
    int64_t tokens = share(plan, plan->tokens, person);
    int64_t events = share(plan, plan->events, person);
    enum err e = ERR_OK;

    for (int64_t i = 0; i < tokens && e == ERR_OK; i++) {
        rq->now = instant_of(plan, person, TOKEN_MS, (uint64_t)i);
        e = add_token(rq, tenant, app, user->id);
    }
    for (int64_t i = 1; i < events && e == ERR_OK; i++) { /* the first told of the creation */
        rq->now = instant_of(plan, person, SIGN_IN_MS, 16 + (uint64_t)i);
        e = note(rq, tenant, user, "user.login.success");
    }
    return e;
}

enum err
fill_person(struct rq *rq, const struct fill_plan *plan, int64_t person)
{
    struct user *user = ARENA_NEW(rq->arena, struct user);
    const struct tenant *tenant = NULL;
    int64_t number = people_tenant(&plan->people, person);
    enum err e = tenant_load(rq, people_tenant_id(number), &tenant);

    if (e != ERR_OK || tenant == NULL || user == NULL) {
        return e ? e : ERR_SERVER;
    }
    rq->now = instant_of(plan, person, HISTORY_MS, 63);
    e = add_person(rq, plan, tenant, person, user);
    return e ? e : add_history(rq, plan, tenant, person, user);
}

enum err
fill_has_tenant(struct rq *rq, int64_t number, bool *ret)
{
    const struct application *application = NULL;
    enum err e = application_load(rq, people_application_id(number), &application);

    *ret = application != NULL;
    return e;
}

enum err
fill_has_person(struct rq *rq, const struct fill_plan *plan, int64_t person, bool *ret)
{
    const struct tenant *tenant = NULL;
    struct user *user = NULL;
    char email[PEOPLE_EMAIL_MAX];
    int64_t number = people_tenant(&plan->people, person);
    enum err e = tenant_load(rq, people_tenant_id(number), &tenant);

    if (e == ERR_OK && tenant != NULL) {
        e = user_find(rq, tenant, people_email(person, email), USER_PLAIN, &user);
    }
    *ret = user != NULL;
    return e;
}
