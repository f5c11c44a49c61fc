/* SPDX-License-Identifier: Apache-2.0 */
/* Challenges given and answered, also many at once. */
#define UNIT passkey_ceremony
#include "authenticator.h"

#include <pthread.h>

#include "model/passkey/passkey_ceremony.h"

enum { THREADS = 8, ROUNDS = 10 };

static const str origin = S_INIT("http://localhost:9011");
static const struct lie truth;

struct scene {
    struct fixture *fx;
    struct uuid user_id;
    struct authenticator key;
};

static struct scene
scene_open(void)
{
    struct scene s = {.fx = fixture_open()};

    s.fx->tenant->webauthn.enabled = true;
    s.user_id = fixture_user(s.fx, S("ann@x.test"), NO_STR);
    s.key = authenticator_new(s.fx->arena, &s.fx->rng.rng, -7);
    return s;
}

static void
scene_close(struct scene *s)
{
    sign_key_unref(s->key.key);
    fixture_close(s->fx);
}

/* The challenge, or an empty text when none is given. */
static str
start(struct scene *s, bool is_login, struct uuid passkey_id)
{
    struct rq *rq = fixture_rq(s->fx);
    struct passkey_start order = {.tenant = s->fx->tenant,
        .user = fixture_load(s->fx, s->user_id),
        .workflow = PASSKEY_BOOTSTRAP,
        .display_name = S("Laptop"),
        .name = S("ann"),
        .passkey_id = passkey_id,
        .state = S("{\"a\":1}")};
    struct passkey_options options;
    str challenge;

    REQUIRE((is_login ? passkey_start_login : passkey_start_registration)(rq, &order, &options)
            == ERR_OK);
    EXPECT(options.timeout_ms == 180000 || options.challenge.n == 0);
    EXPECT_STR(options.rp_id, S("localhost"));
    challenge = str_dup(s->fx->arena, options.challenge);
    fixture_finish(rq);
    return challenge;
}

static struct passkey_ceremony
asked(str challenge)
{
    return (struct passkey_ceremony){
        .rp_id = S("localhost"), .origins = &origin, .origin_count = 1, .challenge = challenge};
}

struct outcome {
    enum err e;
    const struct passkey_refusal *refusal;
    bool was_open;
    struct uuid id;
};

static struct outcome
complete_new(struct scene *s, const struct passkey_registration *response)
{
    struct rq *rq = fixture_rq(s->fx);
    struct outcome out = {.e = ERR_OK};
    struct passkey passkey = {.discoverable = true};
    struct passkey_open open;

    out.e = passkey_find_open(
        rq, s->fx->tenant, TICKET_WEBAUTHN_REGISTER, response->client_data, &open, &out.was_open);
    if (out.e == ERR_OK && out.was_open) {
        out.e = passkey_complete_registration(rq, &open, response, NO_STR, &passkey, &out.refusal);
    }
    if (out.e == ERR_OK && out.was_open && out.refusal == NULL) {
        out.e = fixture_commit(rq);
        out.id = passkey.id;
    }
    fixture_done(rq);
    return out;
}

static struct outcome
complete_login(
    struct fixture *fx, const struct tenant *tenant, const struct passkey_assertion *response)
{
    struct rq *rq = fixture_rq(fx);
    struct outcome out = {.e = ERR_OK};
    struct passkey_open open;
    struct passkey *passkey;

    out.e = passkey_find_open(
        rq, tenant, TICKET_WEBAUTHN_LOGIN, response->client_data, &open, &out.was_open);
    if (out.e == ERR_OK && out.was_open) {
        EXPECT_STR(passkey_state(rq, &open), S("{\"a\":1}"));
        out.e = passkey_complete_login(rq, &open, response, NO_STR, &passkey, &out.refusal);
    }
    if (out.e == ERR_OK && out.was_open && out.refusal == NULL) {
        out.e = fixture_commit(rq);
        out.id = passkey->id;
    }
    fixture_done(rq);
    return out;
}

static struct uuid
enrol(struct scene *s)
{
    struct passkey_ceremony ceremony = asked(start(s, false, (struct uuid){{0}}));
    struct passkey_registration response = authenticator_create(&s->key, &ceremony, &truth);
    struct outcome out = complete_new(s, &response);

    cr_assert(out.e == ERR_OK && out.was_open && out.refusal == NULL, "%s",
        out.refusal ? out.refusal->step : "");
    return out.id;
}

static bool
is_in(struct outcome out)
{
    return out.e == ERR_OK && out.was_open && out.refusal == NULL;
}

TEST(a_challenge_is_of_one_purpose_one_tenant_and_used_once)
{
    struct scene s = scene_open();
    struct uuid id = enrol(&s);
    struct passkey_ceremony login = asked(start(&s, true, id));
    struct passkey_ceremony registration = asked(start(&s, false, (struct uuid){{0}}));
    struct passkey_assertion good = authenticator_get(&s.key, &login, &truth);
    struct passkey_assertion crossed = authenticator_get(&s.key, &registration, &truth);
    struct outcome out;

    EXPECT(!complete_login(s.fx, s.fx->tenant, &crossed).was_open);
    EXPECT(!complete_login(s.fx, s.fx->other, &good).was_open);
    out = complete_login(s.fx, NULL, &good); /* the challenge knows its tenant */
    EXPECT(is_in(out) && uuid_eq(out.id, id));
    EXPECT(!complete_login(s.fx, s.fx->tenant, &good).was_open);
    good = authenticator_get(&s.key, &login, &truth);
    EXPECT(!complete_login(s.fx, s.fx->tenant, &good).was_open);
    EXPECT(fixture_count(s.fx, "ticket") == 1); /* that of the registration */
    scene_close(&s);
}

TEST(a_challenge_ends_with_its_time)
{
    struct scene s = scene_open();
    struct passkey_ceremony login;
    struct passkey_assertion response;

    enrol(&s);
    login = asked(start(&s, true, (struct uuid){{0}}));
    response = authenticator_get(&s.key, &login, &truth);
    atomic_fetch_add(&s.fx->now, 180000);
    EXPECT(!complete_login(s.fx, s.fx->tenant, &response).was_open);
    scene_close(&s);
}

TEST(only_the_passkey_that_was_asked_for_answers)
{
    struct scene s = scene_open();
    struct uuid first = enrol(&s), nobody = fixture_id(s.fx);
    struct authenticator old = s.key;
    struct passkey_ceremony login;
    struct passkey_assertion response;
    struct outcome out;

    s.key = authenticator_new(s.fx->arena, &s.fx->rng.rng, -8);
    enrol(&s);
    login = asked(start(&s, true, first));
    response = authenticator_get(&s.key, &login, &truth);
    out = complete_login(s.fx, s.fx->tenant, &response);
    EXPECT(out.was_open && out.refusal != NULL && strcmp(out.refusal->step, "s7.2 step 5") == 0);
    response = authenticator_get(&old, &login, &truth);
    EXPECT(is_in(complete_login(s.fx, s.fx->tenant, &response)));
    EXPECT(start(&s, true, nobody).n == 0); /* none that may answer: no challenge */
    sign_key_unref(old.key);
    scene_close(&s);
}

TEST(a_credential_that_is_registered_is_not_registered_again)
{
    struct scene s = scene_open();
    struct passkey_ceremony ceremony;
    struct passkey_registration response;
    struct outcome out;

    enrol(&s);
    ceremony = asked(start(&s, false, (struct uuid){{0}}));
    response = authenticator_create(&s.key, &ceremony, &truth);
    out = complete_new(&s, &response);
    EXPECT(out.refusal != NULL && strcmp(out.refusal->step, "s7.1 step 26") == 0);
    scene_close(&s);
}

/* -- at once -- */

struct racer {
    pthread_t thread;
    struct fixture *fx;
    struct passkey_assertion response;
    struct outcome out;
};

static void *
race(void *arg)
{
    struct racer *racer = arg;

    do {
        racer->out = complete_login(racer->fx, racer->fx->tenant, &racer->response);
    } while (racer->out.e == ERR_AGAIN); /* as app/ runs a handler again */
    return NULL;
}

static int
run(struct racer *racers)
{
    int won = 0;

    for (int i = 0; i < THREADS; i++) {
        REQUIRE(pthread_create(&racers[i].thread, NULL, race, &racers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(racers[i].thread, NULL);
        won += is_in(racers[i].out);
    }
    return won;
}

TEST(of_eight_replays_at_once_one_gets_in)
{
    struct scene s = scene_open();

    enrol(&s);
    for (int round = 0; round < ROUNDS; round++) {
        struct passkey_ceremony login = asked(start(&s, true, (struct uuid){{0}}));
        struct passkey_assertion response = authenticator_get(&s.key, &login, &truth);
        struct racer racers[THREADS];
        for (int i = 0; i < THREADS; i++) {
            racers[i] = (struct racer){.fx = s.fx, .response = response};
        }
        EXPECT(run(racers) == 1);
    }
    scene_close(&s);
}

TEST(webauthn_7_2_step_22_of_eight_copies_with_the_same_counter_one_gets_in)
{
    struct scene s = scene_open();

    enrol(&s);
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct lie same_counter = {.counter = 10 + round};
        struct racer racers[THREADS];
        for (int i = 0; i < THREADS; i++) {
            struct passkey_ceremony login = asked(start(&s, true, (struct uuid){{0}}));
            racers[i] = (struct racer){
                .fx = s.fx, .response = authenticator_get(&s.key, &login, &same_counter)};
        }
        EXPECT(run(racers) == 1);
    }
    scene_close(&s);
}

TEST(workflows_are_the_tenants_unless_the_application_has_a_say)
{
    struct tenant tenant = {
        .webauthn = {.enabled = true,
            .bootstrap = {true, WEBAUTHN_ANY, WEBAUTHN_PREFERRED},
            .reauthentication = {false, WEBAUTHN_PLATFORM, WEBAUTHN_DISCOURAGED}}};
    struct application app = {.webauthn = {.enabled = true, .reauthentication = {true}}};

    EXPECT(passkey_workflow(&tenant, NULL, PASSKEY_BOOTSTRAP).enabled);
    EXPECT(!passkey_workflow(&tenant, NULL, PASSKEY_REAUTHENTICATION).enabled);
    EXPECT(!passkey_workflow(&tenant, &app, PASSKEY_BOOTSTRAP).enabled);
    EXPECT(passkey_workflow(&tenant, &app, PASSKEY_REAUTHENTICATION).enabled);
    EXPECT(
        passkey_workflow(&tenant, &app, PASSKEY_REAUTHENTICATION).attachment == WEBAUTHN_PLATFORM);
    EXPECT(passkey_workflow(&tenant, NULL, PASSKEY_GENERAL).verification == WEBAUTHN_PREFERRED);
    EXPECT(passkey_workflow(&tenant, NULL, PASSKEY_GENERAL).attachment == WEBAUTHN_ANY);
    app.webauthn.enabled = false;
    EXPECT(passkey_workflow(&tenant, &app, PASSKEY_BOOTSTRAP).enabled);
    tenant.webauthn.enabled = false;
    EXPECT(!passkey_workflow(&tenant, NULL, PASSKEY_BOOTSTRAP).enabled);
    EXPECT(!passkey_workflow(&tenant, NULL, PASSKEY_GENERAL).enabled);
}
