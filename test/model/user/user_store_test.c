/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of users: found, changed, deleted; races; failures of storage and memory at every step. */
#define UNIT user_store
#include "user_body.h"

#include <stdio.h>

#include "model/seal/seal.h"
#include "model/session/session.h"
#include "model/token/token.h"

static struct user *
find(struct fixture *fx, const char *login_id)
{
    struct rq *rq = fixture_rq(fx);
    struct arena *arena = rq->arena;
    struct user *user;

    rq->arena = fx->arena;
    REQUIRE(user_find(rq, fx->tenant, str_from(login_id), USER_PLAIN, &user) == ERR_OK);
    rq->arena = arena;
    fixture_done(rq);
    return user;
}

/* Changes a user as a handler does; not committed yet. */
static struct rq *
change(struct fixture *fx, struct uuid id, const char *patch)
{
    struct rq *rq = fixture_rq(fx);
    struct user *before, after;
    str why;

    REQUIRE(user_load(rq, fx->tenant, id, USER_REGISTRATIONS, &before) == ERR_OK && before);
    after = *before;
    cr_assert(body_read(rq, FIELD_PATCH, patch, &after, &why), STRF, STRV(why));
    REQUIRE(user_update(rq, fx->tenant, before, &after) == ERR_OK);
    return rq;
}

static struct rq *
set_active(struct fixture *fx, struct uuid id, bool active)
{
    struct rq *rq = fixture_rq(fx);
    struct user *before, after;

    REQUIRE(user_load(rq, fx->tenant, id, USER_PLAIN, &before) == ERR_OK && before);
    after = *before;
    after.active = active;
    REQUIRE(user_update(rq, fx->tenant, before, &after) == ERR_OK);
    return rq;
}

static struct rq *
set_password(struct fixture *fx, struct uuid id, const char *password)
{
    struct rq *rq = fixture_rq(fx);
    struct user *before, after;

    REQUIRE(user_load(rq, fx->tenant, id, USER_PLAIN, &before) == ERR_OK && before);
    after = *before;
    after.password = str_from(password);
    after.given_scheme = S("salted-sha256");
    after.given_factor = 1000;
    REQUIRE(user_set_password(rq, fx->tenant, &after) == ERR_OK);
    REQUIRE(user_update(rq, fx->tenant, before, &after) == ERR_OK);
    return rq;
}

static enum err
commit(struct rq *rq)
{
    enum err e = fixture_commit(rq);

    fixture_done(rq);
    return e;
}

TEST(a_user_is_found_by_every_login_id)
{
    static const char *const ids[] = {
        "ann@x.test", " ANN@X.TEST ", "ann", "ANN", "+855 12 345 678", "+85512345678"};
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), S("correct horse"));
    struct user *user;

    EXPECT(commit(change(fx, id,
               "{\"username\":\"Ann\",\"phoneNumber\":\"+855 12 345 678\",\"data\":{\"k\":[1]},"
               "\"preferredLanguages\":[\"km\"],\"expiry\":1900000000000}"))
           == ERR_OK);
    for (size_t i = 0; i < COUNT(ids); i++) {
        user = find(fx, ids[i]);
        cr_expect(user != NULL && uuid_eq(user->id, id), "%s", ids[i]);
    }
    user = fixture_load(fx, id);
    EXPECT_STR(user->email, S("ann@x.test"));
    EXPECT_STR(user->username, S("Ann"));
    EXPECT_STR(user->data, S("{\"k\":[1]}"));
    EXPECT(user->languages.count == 1 && user->expiry == 1900000000000 && user->active);
    EXPECT(uuid_eq(user->tenant_id, fx->tenant->id) && user->scheme.n > 0 && user->hash.n > 0);
    EXPECT(user->insert_instant == fx->now && user->last_update_instant == fx->now + 1);
    fixture_close(fx);
}

TEST(nobody_is_found_by_what_is_no_login_id)
{
    static const char *const ids[] = {"", " ", "nobody", "x@x.test ", "\xff", "a\nb"};
    struct fixture *fx = fixture_open();

    fixture_user(fx, S("ann@x.test"), NO_STR);
    for (size_t i = 0; i < COUNT(ids); i++) {
        cr_expect(find(fx, ids[i]) == NULL, "%zu", i);
    }
    EXPECT(fixture_load(fx, fixture_id(fx)) == NULL);
    fixture_close(fx);
}

TEST(a_changed_login_id_is_free_again)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR), other;

    EXPECT(commit(change(fx, id, "{\"email\":\"bo@x.test\"}")) == ERR_OK);
    EXPECT(find(fx, "ann@x.test") == NULL);
    EXPECT(find(fx, "bo@x.test") != NULL);
    other = fixture_user(fx, S("ann@x.test"), NO_STR);
    EXPECT(uuid_eq(find(fx, "ann@x.test")->id, other));
    EXPECT(commit(change(fx, other, "{\"email\":\"BO@x.test\"}")) == ERR_AGAIN);
    EXPECT(uuid_eq(find(fx, "ann@x.test")->id, other)); /* nothing of the lost set stays */
    fixture_close(fx);
}

TEST(of_two_changes_prepared_from_one_row_one_runs_again)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct rq *first = change(fx, id, "{\"firstName\":\"First\"}");
    struct rq *second = change(fx, id, "{\"lastName\":\"Second\"}");
    struct user *user;

    EXPECT(commit(first) == ERR_OK);
    EXPECT(commit(second) == ERR_AGAIN);
    EXPECT(commit(change(fx, id, "{\"lastName\":\"Second\"}")) == ERR_OK);
    user = fixture_load(fx, id);
    EXPECT_STR(user->first_name, S("First"));
    EXPECT_STR(user->last_name, S("Second"));
    fixture_close(fx);
}

TEST(an_id_is_taken_once)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct user user = {.email = S("bo@x.test")};

    user.id = fixture_user(fx, S("ann@x.test"), NO_STR);
    REQUIRE(user_create(rq, fx->tenant, &user) == ERR_OK);
    EXPECT(commit(rq) == ERR_CONFLICT);
    EXPECT(find(fx, "bo@x.test") == NULL && find(fx, "ann@x.test") != NULL);
    rq = fixture_rq(fx);
    REQUIRE(user_create(rq, fx->other, &user) == ERR_OK); /* another tenant has ids of its own */
    fixture_finish(rq);
    fixture_close(fx);
}

TEST(a_key_left_by_a_failed_creation_does_not_block_its_id)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct user user = {.id = fixture_id(fx), .email = S("ann@x.test")};
    struct key32 key;

    REQUIRE(seal_new_user_key(rq, fx->tenant, user.id, true, &key) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(user_create(rq, fx->tenant, &user) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_load(fx, user.id) != NULL && fixture_count(fx, "user_key") == 1);
    fixture_close(fx);
}

TEST(a_user_of_another_tenant_is_not_there)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct rq *rq = fixture_rq(fx);
    struct user *user;

    REQUIRE(user_load(rq, fx->other, id, USER_REGISTRATIONS, &user) == ERR_OK);
    EXPECT(user == NULL);
    REQUIRE(user_find(rq, fx->other, S("ann@x.test"), USER_REGISTRATIONS, &user) == ERR_OK);
    EXPECT(user == NULL);
    fixture_done(rq);
    fixture_close(fx);
}

static void
give_grants(struct fixture *fx, struct uuid user_id)
{
    struct rq *rq = fixture_rq(fx);
    struct session *session;
    struct token from_session = {.user_id = user_id, .application_id = fixture_id(fx)};
    struct token alone = from_session;
    str text;

    REQUIRE(session_start(rq, fx->tenant, user_id, true, &session) == ERR_OK);
    from_session.session_id = session->id;
    REQUIRE(token_create(rq, fx->tenant, &from_session, true, &text) == ERR_OK);
    REQUIRE(token_create(rq, fx->tenant, &alone, true, &text) == ERR_OK);
    fixture_finish(rq);
}

TEST(an_id_alone_finds_its_tenants)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR), *tenants;
    struct rq *rq = fixture_rq(fx);
    struct user twin = {.id = id, .email = S("ann@x.test")};
    size_t count;

    REQUIRE(user_tenants(rq, fixture_id(fx), 10, &tenants, &count) == ERR_OK);
    EXPECT(count == 0);
    REQUIRE(user_tenants(rq, id, 10, &tenants, &count) == ERR_OK);
    EXPECT(count == 1 && uuid_eq(tenants[0], fx->tenant->id));
    REQUIRE(user_create(rq, fx->other, &twin) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(user_tenants(rq, id, 10, &tenants, &count) == ERR_OK);
    EXPECT(count == 2);
    fixture_done(rq);
    fixture_close(fx);
}

static bool
stands(struct fixture *fx, const struct tenant *tenant, struct uuid id)
{
    struct rq *rq = fixture_rq(fx);
    bool ok;

    REQUIRE(user_stands(rq, tenant, id, &ok) == ERR_OK);
    fixture_done(rq);
    return ok;
}

TEST(an_account_stands_while_it_is_active_and_has_not_expired)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);

    EXPECT(stands(fx, fx->tenant, id));
    EXPECT(!stands(fx, fx->other, id) && !stands(fx, fx->tenant, fixture_id(fx)));
    EXPECT(commit(set_active(fx, id, false)) == ERR_OK);
    EXPECT(!stands(fx, fx->tenant, id));
    EXPECT(commit(set_active(fx, id, true)) == ERR_OK);
    EXPECT(commit(change(fx, id, "{\"expiry\":1800000005000}")) == ERR_OK);
    EXPECT(stands(fx, fx->tenant, id));
    fx->now = INT64_C(1800000005000);
    EXPECT(!stands(fx, fx->tenant, id));
    fixture_close(fx);
}

/* OA-63: a disabled account loses what it was given at once. */
TEST(deactivation_ends_sessions_and_grants)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct uuid other = fixture_user(fx, S("bo@x.test"), NO_STR);

    give_grants(fx, id);
    give_grants(fx, other);
    EXPECT(fixture_count(fx, "session") == 2 && fixture_count(fx, "token") == 4);
    EXPECT(commit(set_active(fx, id, false)) == ERR_OK);
    EXPECT(fixture_count(fx, "session") == 1 && fixture_count(fx, "token") == 2);
    EXPECT(!fixture_load(fx, id)->active);
    EXPECT(commit(set_active(fx, id, true)) == ERR_OK);
    EXPECT(fixture_load(fx, id)->active && fixture_count(fx, "token") == 2);
    fixture_close(fx);
}

/* A sign-in in flight, then what happens to the account before it commits. */
static struct rq *
sign_in(struct fixture *fx, struct uuid id, bool has_new_hash)
{
    struct rq *rq = fixture_rq(fx);
    struct user *user;

    REQUIRE(user_load(rq, fx->tenant, id, USER_PLAIN, &user) == ERR_OK && user);
    user->password_change_required |= has_new_hash; /* to be seen in the credentials */
    REQUIRE(user_note_login(rq, fx->tenant, user, has_new_hash) == ERR_OK);
    return rq;
}

TEST(a_sign_in_is_noted)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), S("correct horse"));
    struct user *user;

    fx->now += 1000;
    EXPECT(commit(sign_in(fx, id, false)) == ERR_OK);
    user = fixture_load(fx, id);
    EXPECT(user->last_login_instant == fx->now && !user->password_change_required);
    fx->now += 1000;
    EXPECT(commit(sign_in(fx, id, true)) == ERR_OK);
    user = fixture_load(fx, id);
    EXPECT(user->last_login_instant == fx->now && user->password_change_required);
    fixture_close(fx);
}

/* OA-35, OA-63: who checked the old password or the active account comes too late. */
TEST(a_sign_in_loses_against_a_reset_or_a_deactivation)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), S("correct horse"));

    for (int has_new_hash = 0; has_new_hash < 2; has_new_hash++) {
        struct rq *late = sign_in(fx, id, has_new_hash);
        EXPECT(commit(set_password(fx, id, "battery staple")) == ERR_OK);
        EXPECT(commit(late) == ERR_AGAIN);
        late = sign_in(fx, id, has_new_hash);
        EXPECT(commit(set_active(fx, id, false)) == ERR_OK);
        EXPECT(commit(late) == ERR_AGAIN);
        EXPECT(commit(set_active(fx, id, true)) == ERR_OK);
    }
    EXPECT(fixture_load(fx, id)->last_login_instant == 0);
    fixture_close(fx);
}

TEST(a_deletion_leaves_no_row)
{
    static const char *const tables[] = {"users", "identity", "registration", "session",
        "auth_code", "token", "consent", "outbox", "event", "user_key"};
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), S("correct horse"));
    struct rq *rq, *late = change(fx, id, "{\"firstName\":\"Late\"}");
    struct user *user;

    give_grants(fx, id);
    rq = fixture_rq(fx);
    REQUIRE(user_load(rq, fx->tenant, id, USER_PLAIN, &user) == ERR_OK && user);
    REQUIRE(user_delete(rq, fx->tenant, user) == ERR_OK);
    fixture_finish(rq);
    for (size_t i = 0; i < COUNT(tables); i++) {
        cr_expect(fixture_count(fx, tables[i]) == 0, "%s", tables[i]);
    }
    EXPECT(find(fx, "ann@x.test") == NULL && fixture_load(fx, id) == NULL);
    EXPECT(commit(late) == ERR_AGAIN);
    fixture_user(fx, S("ann@x.test"), NO_STR); /* the address is free */
    fixture_close(fx);
}

/* --- failures at every step ------------------------------------------------------------------ */

enum { STEPS = 400 };

/* A handler of the registration API: a new user with a registration, or an error. */
static enum err
register_somebody(struct rq *rq, const struct tenant *tenant)
{
    struct user user = {.email = S("ann@x.test"), .username = S("ann"), .first_name = S("Ann")};
    struct registration registration = {.application_id = {{7}}, .data = S("{\"k\":1}")};
    enum err e = user_create(rq, tenant, &user);

    return e != ERR_OK ? e : registration_create(rq, tenant, &user, &registration);
}

static enum err
rename_ann(struct rq *rq, const struct tenant *tenant)
{
    struct user *before, after;
    enum err e = user_find(rq, tenant, S("ann"), USER_REGISTRATIONS, &before);

    if (e != ERR_OK || before == NULL) {
        return e != ERR_OK ? e : ERR_NOT_FOUND;
    }
    after = *before;
    after.email = S("bo@x.test");
    return user_update(rq, tenant, before, &after);
}

static enum err
delete_ann(struct rq *rq, const struct tenant *tenant)
{
    struct user *user;
    enum err e = user_find(rq, tenant, S("ann"), USER_REGISTRATIONS, &user);

    if (e != ERR_OK || user == NULL) {
        return e != ERR_OK ? e : ERR_NOT_FOUND;
    }
    return user_delete(rq, tenant, user);
}

struct shape { /* what is there */
    int64_t users, identities, registrations;
    bool is_ann, is_bo;
};

static struct shape
shape_of(struct fixture *fx)
{
    return (struct shape){fixture_count(fx, "users"), fixture_count(fx, "identity"),
        fixture_count(fx, "registration"), find(fx, "ann@x.test") != NULL,
        find(fx, "bo@x.test") != NULL};
}

static bool
is_shape(struct shape a, struct shape b)
{
    return a.users == b.users && a.identities == b.identities && a.registrations == b.registrations
           && a.is_ann == b.is_ann && a.is_bo == b.is_bo;
}

/* Runs the handler with everything failing after n calls; true if it did all of its work. */
static bool
try_failing(struct fixture *fx, enum err (*handler)(struct rq *, const struct tenant *),
    void (*fail_after)(long), long n)
{
    struct rq *rq = fixture_rq(fx);
    enum err e;

    fail_after(n);
    e = handler(rq, fx->tenant);
    if (e == ERR_OK) {
        e = fixture_commit(rq);
    }
    fail_after(-1);
    EXPECT(e == ERR_OK || e == ERR_SERVER || e == ERR_BUSY);
    fixture_done(rq);
    return e == ERR_OK;
}

/* Fails call number 0, 1, 2 ... until the handler gets through: before that nothing has changed. */
static void
expect_all_or_nothing(struct fixture *fx, enum err (*handler)(struct rq *, const struct tenant *),
    void (*fail_after)(long), struct shape done)
{
    struct shape before = shape_of(fx);
    long n = 0;

    while (n < STEPS && !try_failing(fx, handler, fail_after, n)) {
        cr_expect(is_shape(shape_of(fx), before), "half done after %ld calls", n);
        n++;
    }
    cr_expect(n > 0 && n < STEPS, "%ld", n);
    EXPECT(is_shape(shape_of(fx), done));
}

static void
torture(void (*fail_after)(long))
{
    struct fixture *fx = fixture_open();

    fixture_application(fx, (struct uuid){{7}});
    expect_all_or_nothing(fx, register_somebody, fail_after, (struct shape){1, 2, 1, true, false});
    expect_all_or_nothing(fx, rename_ann, fail_after, (struct shape){1, 2, 1, false, true});
    fixture_close(fx);
}

TEST(a_failing_database_leaves_nothing_half_done)
{
    torture(db_fail_after);
}

TEST(failing_memory_leaves_nothing_half_done)
{
    torture(arena_fail_after);
}

static void
register_ann(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);
    struct field_faults faults = {0};
    struct field_reader reader = {rq->arena, &faults};
    struct user user = {.email = S("ann@x.test"), .username = S("ann")};

    REQUIRE(user_check_taken(rq, fx->tenant, NULL, &user, &reader, "user") == ERR_OK);
    EXPECT(faults.count == 0);
    REQUIRE(register_somebody(rq, fx->tenant) == ERR_OK);
    fixture_finish(rq);
}

/* With files the key goes before the rows: what fails in between is an erased person whose rows nobody can
 * read, whose login ids are free, and whom the job clears away. */
TEST(a_failing_deletion_leaves_the_person_or_rows_nobody_can_read)
{
    struct fixture *fx = fixture_open();
    struct user_cursor cursor = {0};
    size_t erased = 0;
    struct rq *rq;

    fixture_application(fx, (struct uuid){{7}});
    register_ann(fx);
    for (long n = 0; n < 40; n++) {
        struct shape shape;
        rq = fixture_rq(fx);
        db_fail_after(n);
        if (delete_ann(rq, fx->tenant) == ERR_OK) {
            (void)fixture_commit(rq);
        }
        db_fail_after(-1);
        fixture_done(rq);
        shape = shape_of(fx);
        if (!shape.is_ann) {
            erased += shape.users == 1;
            register_ann(fx);
            shape = shape_of(fx);
        }
        EXPECT(is_shape(shape, (struct shape){1, 2, 1, true, false}));
    }
    EXPECT(fx->place != NULL ? erased == 0 : erased > 0); /* PostgreSQL commits both at once */
    rq = fixture_rq(fx);
    seal_erase_user_key(rq, fx->tenant, find(fx, "ann")->id);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(user_tidy(rq, &cursor) == ERR_OK && !cursor.is_at_end);
    fixture_finish(rq);
    EXPECT(is_shape(shape_of(fx), (struct shape){0, 0, 0, false, false}));
    rq = fixture_rq(fx);
    REQUIRE(user_tidy(rq, &cursor) == ERR_OK && cursor.is_at_end);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(tidying_leaves_the_living_alone)
{
    struct fixture *fx = fixture_open();
    struct user_cursor cursor = {0};
    char email[32];
    int rounds = 0;

    for (int i = 0; i < 150; i++) {
        snprintf(email, sizeof email, "u%d@x.test", i);
        fixture_user(fx, str_from(email), NO_STR);
    }
    while (!cursor.is_at_end && rounds++ < 10) {
        struct rq *rq = fixture_rq(fx);
        REQUIRE(user_tidy(rq, &cursor) == ERR_OK);
        EXPECT(rq->writes.count == 0);
        fixture_done(rq);
    }
    EXPECT(rounds == 3 && fixture_count(fx, "users") == 150);
    fixture_close(fx);
}
