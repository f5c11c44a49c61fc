/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/two-factor/login: a challenge answered. Deviation: 423 for a person whose second factor was guessed at too
 * often, as /api/login answers. */
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_proof.h"
#include "flow/api/api_token.h"
#include "flow/api/api_two_factor.h"
#include "model/credential/credential.h"

/* clang-format off */
struct login { /* type TwoFactorLoginRequest */
    struct api_login_base base;
    struct uuid user_id;
    str code, two_factor_id;
    bool trusts_computer;
};
#define L(member) FIELD_AT(struct login, member)
static const struct field login_fields[] = {
    API_LOGIN_BASE_FIELDS,
    {.name = "code",             .kind = FIELD_SECRET, .offset = L(code), .flags = FIELD_REQUIRED, .max = 64},
    {.name = "trustComputer",    .kind = FIELD_BOOL,   .offset = L(trusts_computer)},
    {.name = "twoFactorId",      .kind = FIELD_SECRET, .offset = L(two_factor_id), .flags = FIELD_REQUIRED, .max = 128},
    {.name = "userId",           .kind = FIELD_UUID,   .offset = L(user_id)},
};
const struct field_table api_two_factor_login_table = FIELD_TABLE("TwoFactorLoginRequest", login_fields, struct login, NULL);
/* clang-format on */

enum err
api_two_factor_challenge(
    struct rq *rq, str id, const struct tenant **ret_tenant, struct challenge **ret)
{
    enum err e = api_proof_tenant(rq, id, ret_tenant);

    *ret = NULL;
    if (e == ERR_OK && *ret_tenant != NULL) {
        e = factor_challenge_find(rq, *ret_tenant, id, ret);
    }
    return e;
}

/* The application of the first step; one that only this call names must let anybody in without a key. */
static enum err
find_application(struct rq *rq, const struct challenge *challenge, struct uuid named,
    const struct application **ret)
{
    struct uuid first = challenge->ticket->application_id;
    struct uuid id = uuid_is_nil(first) ? named : first;
    enum err e =
        uuid_is_nil(id) ? ERR_OK : application_in(rq, id, challenge->ticket->tenant_id, ret);

    if (e != ERR_OK || uuid_is_nil(id)) {
        return e;
    }
    if ((!uuid_is_nil(named) && !uuid_eq(named, id)) || *ret == NULL || !(*ret)->active) {
        return api_application_refuse(rq);
    }
    if (uuid_is_nil(first) && (*ret)->login.needs_api_key && rq->api_key == NULL) {
        return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an API key in the Authorization header");
    }
    return ERR_OK;
}

/* For calls that want a fresh proof beside an access token, such as a change of the password. */
static enum err
give_trust_token(
    struct rq *rq, const struct tenant *tenant, const struct challenge *challenge, str *ret)
{
    struct ticket_order order = {
        .kind = TICKET_TRUST,
        .user_id = challenge->user->id,
        .application_id = challenge->ticket->application_id,
        .ttl_s = tenant->ids.trust_ttl_s,
    };
    struct ticket_made made;
    struct json_out out;
    struct buf buf;
    enum err e;

    if (challenge->detail.trust_challenge.n) {
        rq_json_out(rq, &buf, &out);
        json_out_object(&out);
        json_put_str(&out, S("trustChallenge"), challenge->detail.trust_challenge);
        json_out_object_end(&out);
        if (!buf_done(&buf, &order.detail)) {
            return FAIL_SERVER(rq);
        }
    }
    e = ticket_make(rq, tenant, &order, &made);
    *ret = e ? NO_STR : made.text;
    return e;
}

static enum err
let_in(struct rq *rq, const struct login *login, const struct tenant *tenant,
    struct challenge *challenge, const struct application *app)
{
    struct api_entry entry = {
        .tenant = tenant,
        .application = app,
        .user = challenge->user,
        .authentication = str_z(rq->arena, challenge->detail.authentication),
        .state = challenge->detail.state,
        .is_by_phone = challenge->detail.is_by_phone,
        .base = &login->base,
        .is_proven_twice = true,
    };
    enum err e = give_trust_token(rq, tenant, challenge, &entry.trust_token);

    if (e == ERR_OK && login->trusts_computer) {
        e = factor_trust_give(rq, tenant, app, challenge->user->id, &entry.given_trust);
    }
    if (e == ERR_OK && entry.authentication == NULL) {
        e = FAIL_SERVER(rq);
    }
    return e ? e : api_login_finish(rq, &entry);
}

static bool
is_of_another(const struct login *login, const struct challenge *challenge)
{
    return !uuid_is_nil(login->user_id) && !uuid_eq(login->user_id, challenge->user->id);
}

enum err
api_two_factor_login(struct rq *rq)
{
    enum challenge_verdict verdict = CHALLENGE_WRONG;
    const struct application *app = NULL;
    struct challenge *challenge = NULL;
    const struct tenant *tenant;
    const struct json *body;
    struct login login;
    enum err e = api_body(rq, NULL, &api_two_factor_login_table, &login, &body);

    arena_keep_secret(rq->arena);
    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "twoFactorId", "blank", "Send a twoFactorId and a code.");
    }
    e = e ? e : api_faults(rq);
    e = e ? e : api_two_factor_challenge(rq, login.two_factor_id, &tenant, &challenge);
    if (e != ERR_OK || challenge == NULL || is_of_another(&login, challenge)) {
        return e ? e : api_not_found(rq);
    }
    e = find_application(rq, challenge, login.base.application_id, &app);
    e = e ? e : factor_challenge_answer(rq, tenant, challenge, login.code, &verdict);
    if (e != ERR_OK) {
        return e;
    }
    if (verdict == CHALLENGE_RIGHT || verdict == CHALLENGE_RECOVERED) {
        return let_in(rq, &login, tenant, challenge, app);
    }
    rq->login_application = app ? app->id : rq->login_application;
    api_info_take_login(rq, &login.base);
    credential_note_failure(rq, tenant, challenge->user->id,
        verdict == CHALLENGE_LOCKED ? ATTEMPT_LOCKED : ATTEMPT_CODE,
        user_login_id(challenge->user));
    return api_two_factor_refuse(rq, verdict);
}
