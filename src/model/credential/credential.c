/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords tested. The log line of a failure holds the login id and the address only sealed
 * under the tenant's day key. */
#include "model/credential/credential.h"

#include "base/log.h"
#include "codec/json.h"
#include "model/attempt/attempt.h"
#include "model/event/event.h"
#include "model/lockout/lockout.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/user/user.h"

static const struct uuid nobody;

/* "address login-id" */
static str
place_of(struct rq *rq, str login_id)
{
    str address = rq_address(rq);

    return str_fmt(rq->arena, STRF " " STRF, STRV(address), STRV(str_head(login_id, 255)));
}

void
credential_note_failure(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    enum attempt_reason reason, str login_id)
{
    str sealed = seal_for_log(rq, tenant, place_of(rq, login_id));

    LOG(rq->now, "login.failed", LOG_STR("request", str_from(rq->id)),
        LOG_STR("tenant", uuid_text(rq->arena, tenant->id)), LOG_STR("sealed", sealed));
    attempt_note(rq, tenant, user_id, reason, sealed);
}

/* As long as a check by the tenant's scheme takes: making a hash is the same work (OA-52). */
static void
check_nobody(struct rq *rq, const struct tenant *tenant, str password)
{
    struct password_hash made;

    if (!password_make(rq->arena, rq->rng, tenant->encryption.scheme, tenant->encryption.factor,
            password, &made)) {
        (void)password_check_nobody(password);
    }
}

/* Without memory for the hash nobody is told that the password is wrong, and no failure counts. */
static enum err
check_password(struct rq *rq, const struct tenant *tenant, const struct user *user, str password,
    bool *ret_right)
{
    struct password_hash hash;

    *ret_right = false;
    if (user == NULL || user->scheme.n == 0) {
        check_nobody(rq, tenant, password);
        return ERR_OK;
    }
    hash = (struct password_hash){user->scheme, user->factor, user->salt, user->hash};
    if (!password_judge(&hash, password, ret_right)) {
        return FAIL(rq, ERR_BUSY, NULL, "cannot be checked now: try again in a second");
    }
    return ERR_OK;
}

/* Costs no hash, which is what such tokens are for. */
static bool
is_token(const struct credential_ask *ask, const struct user *user)
{
    const struct registration *registration = NULL;

    if (ask->application != NULL && ask->application->token.enabled && user != NULL) {
        registration = user_registration(user, ask->application->id);
    }
    return registration != NULL && registration_is_token(registration, ask->password);
}

enum err
credential_check(struct rq *rq, const struct tenant *tenant, str login_id, str password,
    enum credential_verdict *ret, struct user **ret_user)
{
    struct credential_ask ask = {.tenant = tenant, .login_id = login_id, .password = password};

    return credential_check_any(rq, &ask, ret, ret_user);
}

enum err
credential_check_any(struct rq *rq, const struct credential_ask *ask, enum credential_verdict *ret,
    struct user **ret_user)
{
    const struct tenant *tenant = ask->tenant;
    str login_id = ask->login_id, normal = identity_normal(rq->arena, login_id);
    int64_t wait_s;
    bool is_right;
    enum err e;

    *ret_user = NULL;
    *ret = CREDENTIAL_LOCKED;
    if (lockout_holds(rq, tenant, normal, &wait_s)) {
        /* Before any hashing: a locked id costs an attacker's requests, not our cores. */
        attempt_note(
            rq, tenant, nobody, ATTEMPT_LOCKED, seal_for_log(rq, tenant, place_of(rq, login_id)));
        return ERR_OK;
    }
    e = lockout_rate_look(rq, tenant, TENANT_RATE_FAILED_LOGIN, normal);
    e = e ? e : rq_needs_hash(rq);
    e = e ? e : user_find(rq, tenant, login_id, USER_REGISTRATIONS, ret_user);
    if (e == ERR_OK && is_token(ask, *ret_user)) {
        lockout_note_success(rq, tenant, normal, (*ret_user)->id);
        *ret = CREDENTIAL_TOKEN;
        return ERR_OK;
    }
    e = e ? e : check_password(rq, tenant, *ret_user, ask->password, &is_right);
    if (e != ERR_OK) {
        return e;
    }
    if (!is_right) {
        lockout_note_failure(rq, tenant, normal, *ret_user ? (*ret_user)->id : nobody);
        lockout_rate_note(rq, tenant, TENANT_RATE_FAILED_LOGIN, normal);
        credential_note_failure(rq, tenant, *ret_user ? (*ret_user)->id : nobody,
            *ret_user ? ATTEMPT_PASSWORD : ATTEMPT_UNKNOWN, login_id);
        *ret_user = NULL;
        *ret = CREDENTIAL_WRONG;
        return ERR_OK;
    }
    lockout_note_success(rq, tenant, normal, (*ret_user)->id);
    *ret = CREDENTIAL_RIGHT;
    return ERR_OK;
}

/* Makes the hash anew when the tenant's scheme or factor is another by now. */
static enum err
rehash(struct rq *rq, const struct tenant *tenant, struct user *user, str password, bool *ret_done)
{
    struct password_hash now = {user->scheme, user->factor, user->salt, user->hash};
    int64_t instant = user->password_instant;
    enum err e;

    *ret_done = tenant->encryption.rehashes_on_login && password.n
                && password_is_stale(&now, tenant->encryption.scheme, tenant->encryption.factor);
    if (!*ret_done) {
        return ERR_OK;
    }
    user->password = password;
    e = user_set_password(rq, tenant, user);
    user->password_instant = instant; /* the password itself did not change */
    return e;
}

/* Where from, and as whom: the person's, so sealed under their key. */
static str
describe(struct rq *rq, const struct user *user)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("ipAddress"), rq_address(rq));
    json_put_str(&out, S("loginId"), user_login_id(user));
    json_put_str(&out, S("loginIdType"),
        user->email.n      ? S("email")
        : user->username.n ? S("username")
                           : S("phoneNumber"));
    if (rq->info.location.n) {
        json_put_raw(&out, S("location"), rq->info.location);
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

enum err
credential_note_login(struct rq *rq, const struct tenant *tenant, struct user *user,
    struct uuid application_id, str password)
{
    struct event event = {"user.login.success", user->id, application_id, describe(rq, user)};
    bool has_new_hash;
    enum err e = rehash(rq, tenant, user, password, &has_new_hash);

    e = e ? e : user_note_login(rq, tenant, user, has_new_hash);
    if (e == ERR_OK) {
        registration_note_login(rq, tenant, user, application_id);
    }
    return e ? e : event_add(rq, tenant, &event);
}
