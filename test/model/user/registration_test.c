/* SPDX-License-Identifier: Apache-2.0 */
/* Registrations: kept per user and application, sealed, bound to both. */
#define UNIT registration
#include "user_body.h"

#include "model/removal/removal.h"
#include "model/consent/consent.h"
#include "model/statements.h"
#include "model/token/token.h"

static struct user *
load(struct rq *rq, const struct tenant *tenant, struct uuid id)
{
    struct user *user;

    REQUIRE(user_load(rq, tenant, id, USER_REGISTRATIONS, &user) == ERR_OK && user);
    return user;
}

static struct uuid
add(struct fixture *fx, struct uuid user_id, const char *role)
{
    struct uuid application = fixture_application(fx, (struct uuid){{0}});
    struct rq *rq = fixture_rq(fx);
    str roles[] = {str_from(role)};
    struct registration registration = {.application_id = application,
        .roles = {roles, 1},
        .username = S("ann of app"),
        .data = S("{\"k\":1}"),
        .tokens = S("{\"t\":\"v\"}"),
        .verified = true};

    REQUIRE(registration_create(rq, fx->tenant, load(rq, fx->tenant, user_id), &registration)
            == ERR_OK);
    fixture_finish(rq);
    return registration.application_id;
}

TEST(a_registration_comes_back_as_it_was)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct uuid application = add(fx, id, "admin"), second = add(fx, id, "reader");
    struct user *user = fixture_load(fx, id);
    const struct registration *r = user_registration(user, application);

    REQUIRE(r != NULL && user->registrations.count == 2);
    EXPECT(r->roles.count == 1);
    EXPECT_STR(r->roles.items[0], S("admin"));
    EXPECT_STR(r->username, S("ann of app"));
    EXPECT_STR(r->data, S("{\"k\":1}"));
    EXPECT_STR(r->tokens, S("{\"t\":\"v\"}"));
    EXPECT(r->verified && r->insert_instant == fx->now && !uuid_is_nil(r->id));
    EXPECT(user_registration(user, second) != NULL);
    EXPECT(user_registration(user, id) == NULL);
    fixture_close(fx);
}

TEST(a_user_made_in_the_same_request_can_be_registered)
{
    struct fixture *fx = fixture_open();
    struct uuid application = fixture_application(fx, (struct uuid){{0}});
    struct rq *rq = fixture_rq(fx);
    struct user user = {.email = S("ann@x.test")};
    struct registration registration = {.application_id = application, .data = S("{\"k\":1}")};

    REQUIRE(user_create(rq, fx->tenant, &user) == ERR_OK);
    REQUIRE(registration_create(rq, fx->tenant, &user, &registration) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_load(fx, user.id)->registrations.count == 1);
    fixture_close(fx);
}

TEST(an_authentication_token_is_kept_with_its_registration_and_shown_by_nobody_else)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("a@b.test"), NO_STR);
    struct rq *rq = fixture_rq(fx);
    struct registration made = {.application_id = fixture_application(fx, (struct uuid){{0}}),
        .token = registration_make_token(rq)};
    const struct registration *kept;
    str token = made.token, shown;
    struct json_out out;
    struct buf buf;

    EXPECT(token.n == 43 && !str_eq(token, registration_make_token(rq)));
    REQUIRE(registration_create(rq, fx->tenant, load(rq, fx->tenant, id), &made) == ERR_OK);
    token = str_dup(fx->arena, token);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    kept = user_registration(fixture_load(fx, id), made.application_id);
    REQUIRE(kept != NULL);
    EXPECT(registration_is_token(kept, token));
    EXPECT(!registration_is_token(kept, str_head(token, 42)));
    EXPECT(!registration_is_token(kept, NO_STR));
    EXPECT(!registration_is_token(&(struct registration){.application_id = id}, NO_STR));
    rq_json_out(rq, &buf, &out);
    user_write(fixture_load(fx, id), &out);
    REQUIRE(buf_done(&buf, &shown));
    EXPECT(str_find_str(shown, token) == shown.n);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(no_registration_is_made_for_an_application_that_is_gone)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct rq *rq = fixture_rq(fx);
    struct registration registration = {.application_id = fixture_id(fx)};

    REQUIRE(registration_create(rq, fx->tenant, load(rq, fx->tenant, id), &registration) == ERR_OK);
    EXPECT(fixture_commit(rq) == ERR_AGAIN);
    fixture_done(rq);
    EXPECT(fixture_load(fx, id)->registrations.count == 0);
    fixture_close(fx);
}

TEST(a_second_registration_runs_the_handler_again)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct rq *rq = fixture_rq(fx);
    struct registration again = {.application_id = add(fx, id, "admin")};

    REQUIRE(registration_create(rq, fx->tenant, load(rq, fx->tenant, id), &again) == ERR_OK);
    EXPECT(fixture_commit(rq) == ERR_AGAIN);
    fixture_done(rq);
    fixture_close(fx);
}

static struct rq *
set_role(struct fixture *fx, struct uuid id, struct uuid application, str *role)
{
    struct rq *rq = fixture_rq(fx);
    struct user *user = load(rq, fx->tenant, id);
    struct registration changed = *user_registration(user, application);

    changed.roles = (struct field_texts){role, 1};
    changed.id = fixture_id(fx); /* an id does not change */
    REQUIRE(registration_update(rq, fx->tenant, user, &changed) == ERR_OK);
    return rq;
}

TEST(an_update_keeps_id_and_instants_and_loses_against_a_newer_one)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct uuid application = add(fx, id, "admin");
    struct registration before = *user_registration(fixture_load(fx, id), application);
    const struct registration *after;
    str first = S("first"), second = S("second");
    struct rq *a = set_role(fx, id, application, &first);
    struct rq *b = set_role(fx, id, application, &second);

    fixture_finish(a);
    EXPECT(fixture_commit(b) == ERR_AGAIN);
    fixture_done(b);
    after = user_registration(fixture_load(fx, id), application);
    EXPECT_STR(after->roles.items[0], S("first"));
    EXPECT(uuid_eq(after->id, before.id) && after->insert_instant == before.insert_instant);
    EXPECT(after->last_update_instant == before.last_update_instant + 1);
    fixture_close(fx);
}

TEST(an_application_the_user_is_not_registered_for_cannot_be_updated)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct rq *rq = fixture_rq(fx);
    struct registration none = {.application_id = fixture_id(fx)};

    EXPECT(registration_update(rq, fx->tenant, load(rq, fx->tenant, id), &none) == ERR_NOT_FOUND);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_sign_in_is_noted_with_the_registration)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct uuid application = add(fx, id, "admin");
    struct user *user;
    struct rq *rq;

    fx->now += 5000;
    user = fixture_load(fx, id);
    rq = fixture_rq(fx);
    registration_note_login(rq, fx->tenant, user, application);
    EXPECT(user_registration(user, application)->last_login_instant == fx->now);
    fixture_finish(rq);
    EXPECT(user_registration(fixture_load(fx, id), application)->last_login_instant == fx->now);
    fixture_close(fx);
}

/* OA-35: the end of a registration ends what the application got from it. */
TEST(a_deleted_registration_takes_its_grants_and_consent_along)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct uuid application = add(fx, id, "admin"), other = add(fx, id, "reader");
    struct rq *rq = fixture_rq(fx);
    struct consent consent = {id, application, S("openid"), S("https://x.test/cb")};
    struct token here = {.user_id = id, .application_id = application};
    struct token there = {.user_id = id, .application_id = other};
    str text;

    REQUIRE(consent_remember(rq, fx->tenant, &consent, 1000) == ERR_OK);
    REQUIRE(token_create(rq, fx->tenant, &here, true, &text) == ERR_OK);
    REQUIRE(token_create(rq, fx->tenant, &there, true, &text) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(registration_delete(rq, fx->tenant, load(rq, fx->tenant, id), application) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_load(fx, id)->registrations.count == 1);
    EXPECT(fixture_count(fx, "token") == 1 && fixture_count(fx, "consent") == 0);
    rq = fixture_rq(fx);
    removal_begin(rq, (struct removal){fx->tenant->id, other});
    fixture_finish(rq);
    fixture_remove_ended(fx);
    EXPECT(fixture_count(fx, "registration") == 0);
    fixture_close(fx);
}

/* Somebody with write access to the database moves a row's roles to another application. */
TEST(roles_moved_to_another_application_do_not_open)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct uuid application = add(fx, id, "admin");
    struct uuid other = fixture_application(fx, (struct uuid){{0}});
    struct uuid nobody = {{0}};
    struct rq *rq = fixture_rq(fx);
    struct db_row *row;
    struct user *user;

    REQUIRE(rq_read(rq, REGISTRATION_BY_USER, &row, DB_VALUES(DB_ID(&fx->tenant->id), DB_ID(&id)))
                == ERR_OK
            && row != NULL);
    rq_write(rq, REGISTRATION_DELETE, DB_ONE, ERR_SERVER,
        DB_VALUES(DB_ID(&fx->tenant->id), DB_ID(&id), DB_ID(&application)));
    rq_write(rq, REGISTRATION_INSERT, DB_ONE, ERR_SERVER,
        DB_VALUES(DB_ID(&fx->tenant->id), DB_ID(&id), DB_ID(&other), row->col[0], row->col[2],
            row->col[3], row->col[4], row->col[5], DB_ID(&nobody)));
    fixture_finish(rq);
    rq = fixture_rq(fx);
    EXPECT(user_load(rq, fx->tenant, id, USER_REGISTRATIONS, &user) == ERR_SERVER);
    fixture_done(rq);
    fixture_close(fx);
}
