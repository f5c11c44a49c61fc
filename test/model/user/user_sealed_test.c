/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed people, proven on the files: nothing about a person and no secret is in the databases, and
 * who was erased cannot be read again, in no copy of the data. */
#define UNIT user_sealed
#include "user_body.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/base64.h"
#include "model/code/code.h"
#include "model/consent/consent.h"
#include "model/event/event.h"
#include "model/lockout/lockout.h"
#include "model/outbox/outbox.h"
#include "model/session/session.h"
#include "model/token/token.h"
#include "model/user/user_sealed.h"

static const char body[] =
    "{\"email\":\"Quixotia.Zebedee@wombatmail.test\",\"username\":\"quixzebra77\","
    "\"phoneNumber\":\"+855 97 6543 219\",\"firstName\":\"Quixotia\",\"middleName\":\"Umbriel\","
    "\"lastName\":\"Zebedee\",\"fullName\":\"Quixotia Umbriel "
    "Zebedee\",\"birthDate\":\"1971-03-29\","
    "\"imageUrl\":\"https://pictures.test/quixotia-face.png\",\"mobilePhone\":\"0977-555-313\","
    "\"parentEmail\":\"mother.zebedee@wombatmail.test\",\"timezone\":\"Asia/Phnom_Penh\","
    "\"preferredLanguages\":[\"km_KH\"],\"data\":{\"shoe\":\"size forty-two and a half\"},"
    "\"password\":\"Extremely-Secret-Battery\"}";

static const char *const personal[] = {"Quixotia", "quixotia", "Zebedee", "zebedee", "Umbriel",
    "wombatmail", "quixzebra77", "855 97 6543 219", "855976543219", "1971-03-29", "pictures.test",
    "0977-555-313", "Phnom_Penh", "km_KH", "forty-two", "Extremely-Secret-Battery",
    "chief wombat keeper", "wombats of app", "registration memo 5521", "ipad of the kitchen",
    "203.0.113.77", "nonce-4711-abc", "callback.test", "challenge-value-x9",
    "Your wombat is waiting", "press here to pet it", "petting://", "what happened was wombats"};

struct secrets { /* texts that prove something, as handed out */
    str session, code, refresh, old_refresh, hash, salt;
};

static void
fill_grants(struct fixture *fx, struct rq *rq, const struct user *user, struct secrets *ret)
{
    struct session *session;
    struct code code = {.user_id = user->id,
        .application_id = fixture_id(fx),
        .redirect_uri = S("https://callback.test/wombatmail"),
        .scope = S("openid"),
        .nonce = S("nonce-4711-abc"),
        .challenge = S("challenge-value-x9")};
    struct token token = {.user_id = user->id,
        .application_id = code.application_id,
        .nonce = S("nonce-4711-abc"),
        .device_name = S("ipad of the kitchen"),
        .address = S("203.0.113.77")};

    REQUIRE(session_start(rq, fx->tenant, user->id, true, &session) == ERR_OK);
    ret->session = str_dup(fx->arena, fixture_set_cookie(rq, S("cardea.sso.")));
    REQUIRE(code_issue(rq, fx->tenant, &code, &ret->code) == ERR_OK);
    ret->code = str_dup(fx->arena, ret->code);
    REQUIRE(token_create(rq, fx->tenant, &token, true, &ret->old_refresh) == ERR_OK);
    ret->old_refresh = str_dup(fx->arena, ret->old_refresh);
}

static void
fill_rest(struct fixture *fx, struct rq *rq, const struct user *user)
{
    str roles[] = {S("chief wombat keeper")};
    struct uuid application = fixture_application(fx, (struct uuid){{0}});
    struct registration registration = {.application_id = application,
        .roles = {roles, 1},
        .username = S("wombats of app"),
        .data = S("{\"memo\":\"registration memo 5521\"}")};
    struct consent consent = {
        user->id, registration.application_id, S("openid"), S("https://callback.test/wombatmail")};
    struct event event = {"user.create", user->id, registration.application_id,
        S("{\"note\":\"what happened was wombats\"}")};

    REQUIRE(registration_create(rq, fx->tenant, user, &registration) == ERR_OK);
    REQUIRE(consent_remember(rq, fx->tenant, &consent, 1000) == ERR_OK);
    REQUIRE(event_add(rq, fx->tenant, &event) == ERR_OK);
    REQUIRE(outbox_add(rq, fx->tenant, user, S("Your wombat is waiting"), S("press here to pet it"),
                S("<a href=\"petting://\">"))
            == ERR_OK);
    lockout_note_failure(rq, fx->tenant, S("quixzebra77"), user->id);
}

static void
rotate(struct fixture *fx, struct secrets *secrets)
{
    struct rq *rq = fixture_rq(fx);
    struct jwt_config config = {.refresh_usage = REFRESH_ONE_TIME, .refresh_ttl_min = 100};
    enum token_verdict verdict;
    struct token *token;

    REQUIRE(token_find_refresh(rq, fx->tenant, &config, secrets->old_refresh, &verdict, &token)
                == ERR_OK
            && verdict == TOKEN_GOOD);
    REQUIRE(token_rotate(rq, fx->tenant, &config, token, secrets->old_refresh, &secrets->refresh)
            == ERR_OK);
    secrets->refresh = str_dup(fx->arena, secrets->refresh);
    fixture_finish(rq);
}

/* A person with everything that can be kept about one. */
static struct uuid
fill(struct fixture *fx, struct secrets *ret)
{
    struct rq *rq = fixture_rq(fx);
    struct user user;
    str why;

    cr_assert(body_read(rq, FIELD_CREATE, body, &user, &why), STRF, STRV(why));
    REQUIRE(user_set_password(rq, fx->tenant, &user) == ERR_OK);
    REQUIRE(user_create(rq, fx->tenant, &user) == ERR_OK);
    ret->hash = str_dup(fx->arena, user.hash);
    ret->salt = str_dup(fx->arena, user.salt);
    fill_grants(fx, rq, &user, ret);
    fill_rest(fx, rq, &user);
    fixture_finish(rq);
    rotate(fx, ret);
    return user.id;
}

/* The text, and the bytes of the secret in it, which stand behind the id and what else is known. */
static void
expect_absent(struct fixture *fx, const char *what, str text, size_t skip)
{
    bytes raw;

    REQUIRE(text.n > 0);
    cr_expect(fixture_search(fx, "", str_bytes(text)) == 0, "%s is there as text", what);
    if (skip > 0) {
        REQUIRE(base64url_decode(fx->arena, text, &raw) && raw.n == skip + 32);
        cr_expect(
            fixture_search(fx, "", (bytes){raw.p + skip, 16}) == 0, "%s is there in bytes", what);
    }
}

static void
expect_nothing_readable(struct fixture *fx, const struct secrets *secrets)
{
    for (size_t i = 0; i < COUNT(personal); i++) {
        size_t n = fixture_search(fx, "", str_bytes(str_from(personal[i])));
        cr_expect(n == 0, "\"%s\" is there %zu times", personal[i], n);
    }
    expect_absent(fx, "session", secrets->session, 16);
    expect_absent(fx, "code", secrets->code, 16);
    expect_absent(fx, "refresh token", secrets->refresh, 20);
    expect_absent(fx, "old refresh token", secrets->old_refresh, 20);
    expect_absent(fx, "hash", secrets->hash, 0);
    expect_absent(fx, "salt", secrets->salt, 0);
}

/* OA-39, invariant 4: the files of both databases with their WAL, before and after a restart. */
TEST(nothing_about_a_person_and_no_secret_is_in_the_files)
{
    struct fixture *fx = fixture_open();
    struct secrets secrets = {0};
    struct uuid id = fill(fx, &secrets);

    /* The search finds what is there in clear. */
    EXPECT(fixture_search(fx, "cardea", uuid_bytes(&id)) > 0);
    EXPECT(fixture_search(fx, "cardea", str_bytes(S("user.create"))) > 0);
    expect_nothing_readable(fx, &secrets);
    fixture_restart(fx);
    EXPECT(fixture_load(fx, id) != NULL);
    expect_nothing_readable(fx, &secrets);
    fixture_close(fx);
}

static void
erase(struct fixture *fx, struct uuid id)
{
    struct rq *rq = fixture_rq(fx);
    struct user *user;

    REQUIRE(user_load(rq, fx->tenant, id, USER_PLAIN, &user) == ERR_OK && user != NULL);
    REQUIRE(user_delete(rq, fx->tenant, user) == ERR_OK);
    fixture_finish(rq);
}

/* Everything that finds a person: nobody is there, and nothing fails. */
static void
expect_gone(struct fixture *fx, struct uuid id, const struct secrets *secrets)
{
    struct rq *rq = fixture_rq(fx);
    struct user *user;
    struct code *code;
    struct token *token;
    struct event_record *events;
    struct outbox_mail *mails;
    enum token_verdict verdict;
    size_t count;

    REQUIRE(user_load(rq, fx->tenant, id, USER_REGISTRATIONS, &user) == ERR_OK);
    EXPECT(user == NULL);
    REQUIRE(user_find(rq, fx->tenant, S("quixzebra77"), USER_PLAIN, &user) == ERR_OK);
    EXPECT(user == NULL);
    REQUIRE(code_find(rq, fx->tenant, secrets->code, &code) == ERR_OK);
    EXPECT(code == NULL);
    REQUIRE(token_find_refresh(rq, fx->tenant, &fx->tenant->jwt, secrets->refresh, &verdict, &token)
            == ERR_OK);
    EXPECT(verdict == TOKEN_UNKNOWN && token == NULL);
    REQUIRE(token_list(rq, fx->tenant, id, &token, &count) == ERR_OK);
    EXPECT(count == 0);
    REQUIRE(outbox_list(rq, fx->tenant, 10, &mails, &count) == ERR_OK);
    EXPECT(count == 0);
    REQUIRE(event_list(rq, fx->tenant, (struct uuid){0}, 10, &events, &count) == ERR_OK);
    for (size_t i = 0; i < count; i++) {
        EXPECT(events[i].detail.n == 0);
    }
    fixture_done(rq);
}

/* Invariant 12: the data of yesterday, put back with the keys of today, does not bring anybody back. */
TEST(an_older_copy_of_the_data_does_not_open_with_the_present_keys)
{
    struct fixture *fx = fixture_open();
    struct secrets secrets = {0};
    struct uuid id = fill(fx, &secrets), other;

    other = fixture_user(fx, S("bo@x.test"), NO_STR);
    fixture_backup(fx);
    erase(fx, id);
    expect_gone(fx, id, &secrets);
    EXPECT(fixture_count(fx, "users") == 1 && fixture_count(fx, "user_key") == 1);
    db_close(fx->house.db);
    fixture_restore(fx);
    fixture_reopen(fx);
    EXPECT(fixture_count(fx, "users") == 2 && fixture_count(fx, "token") == 1);
    EXPECT(fixture_count(fx, "outbox") == 1 && fixture_count(fx, "event") == 1);
    expect_gone(fx, id, &secrets);
    EXPECT(fixture_load(fx, other) != NULL); /* who was not erased is still there */
    fixture_close(fx);
}

struct sample {
    str text;
};
static const struct field sample_fields[] = {
    {.name = "text", .kind = FIELD_TEXT, .offset = 0},
};
static const struct field_table sample_table =
    FIELD_TABLE("Sample", sample_fields, struct sample, NULL);

TEST(what_is_sealed_opens_only_at_its_place_and_under_its_key)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct seal_place here = {"t", "c", fx->tenant->id, {{1}}}, there = here;
    struct key32 key = {{1}}, other = {{2}};
    struct sample sample = {S("hello")}, back = {NO_STR};
    bytes sealed;

    REQUIRE(user_seal(rq, &key, here, &sample_table, &sample, &sealed) == ERR_OK);
    REQUIRE(user_open(rq, &key, here, sealed, &sample_table, &back) == ERR_OK);
    EXPECT_STR(back.text, S("hello"));
    EXPECT(user_open(rq, &other, here, sealed, &sample_table, &back) == ERR_SERVER);
    there.id.b[0] = 2;
    EXPECT(user_open(rq, &key, there, sealed, &sample_table, &back) == ERR_SERVER);
    there = here;
    there.column = "d";
    EXPECT(user_open(rq, &key, there, sealed, &sample_table, &back) == ERR_SERVER);
    sealed.n--;
    EXPECT(user_open(rq, &key, here, sealed, &sample_table, &back) == ERR_SERVER);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(the_key_of_a_user_is_known_in_the_request_that_declares_it)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct uuid id = fixture_id(fx);
    struct key32 made, got;
    bool found;

    REQUIRE(user_key(rq, fx->tenant, id, &got, &found) == ERR_OK);
    EXPECT(!found);
    REQUIRE(seal_new_user_key(rq, fx->tenant, id, true, &made) == ERR_OK);
    REQUIRE(user_key(rq, fx->tenant, id, &got, &found) == ERR_OK);
    EXPECT(found && ct_eq(key32_bytes(&made), key32_bytes(&got)));
    REQUIRE(user_key(rq, fx->other, id, &got, &found) == ERR_OK);
    EXPECT(!found);
    seal_erase_user_key(rq, fx->tenant, id);
    REQUIRE(user_key(rq, fx->tenant, id, &got, &found) == ERR_OK);
    EXPECT(!found);
    REQUIRE(user_key(rq, fx->tenant, (struct uuid){0}, &got, &found) == ERR_OK);
    EXPECT(found && ct_eq(key32_bytes(&fx->tenant->key), key32_bytes(&got)));
    fixture_done(rq);
    fixture_close(fx);
}
