/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/two-factor/start, and the question at the end of every way in: challenges begun. Deviation: a step-up that
 * ends in a sign-in says ONE_TIME_PASSWORD of how it was proven. */
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_proof.h"
#include "flow/api/api_token.h"
#include "flow/api/api_two_factor.h"

/* clang-format off */
struct start { /* type TwoFactorStartRequest */
    struct uuid application_id, user_id;
    str code, login_id, state, trust_challenge;
    struct field_texts id_types;
};
#define ST(member) FIELD_AT(struct start, member)
static const struct field start_fields[] = {
    {.name = "applicationId",    .kind = FIELD_UUID,   .offset = ST(application_id)},
    {.name = "code",             .kind = FIELD_SECRET, .offset = ST(code), .min = 4, .max = 64},
    {.name = "loginId",          .kind = FIELD_TEXT,   .offset = ST(login_id), .flags = FIELD_PERSONAL},
    {.name = "loginIdTypes",     .kind = FIELD_ENUMS,  .offset = ST(id_types), .more.names = api_proof_id_types},
    {.name = "state",            .kind = FIELD_JSON,   .offset = ST(state), .max = FACTOR_STATE_MAX},
    {.name = "trustChallenge",   .kind = FIELD_TEXT,   .offset = ST(trust_challenge)},
    {.name = "userId",           .kind = FIELD_UUID,   .offset = ST(user_id)},
};
const struct field_table api_two_factor_start_table = FIELD_TABLE("TwoFactorStartRequest", start_fields, struct start, NULL);
/* clang-format on */

static void
put_methods(struct json_out *out, const struct user *user)
{
    json_out_name(out, S("methods"));
    factor_write_methods(&user->two_factor, out);
}

static void
put_configurable(struct json_out *out, const struct tenant *tenant)
{
    json_out_name(out, S("configurableMethods"));
    json_out_array(out);
    for (int i = 0; factor_methods[i] != NULL; i++) {
        if (factor_is_allowed(tenant, (enum factor_method)i)) {
            json_out_str(out, str_from(factor_methods[i]));
        }
    }
    json_out_array_end(out);
}

/* ---- the question ---- */

static enum err
ask(struct rq *rq, const struct api_entry *entry, enum factor_need need)
{
    struct challenge_order order = {
        .user = entry->user,
        .application = entry->application,
        .detail = {.authentication = str_from(entry->authentication),
            .state = entry->state,
            .is_by_phone = entry->is_by_phone},
    };
    struct api_answer answer;
    struct ticket_made made;
    enum err e = factor_challenge_start(rq, entry->tenant, &order, &made);

    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    if (need == FACTOR_NEED_SETUP) {
        put_configurable(&answer.out, entry->tenant);
    }
    put_methods(&answer.out, entry->user);
    json_put_str(&answer.out, S("twoFactorId"), made.text);
    return api_answer_send(rq, &answer, 242);
}

enum err
api_two_factor_ask(struct rq *rq, const struct api_entry *entry, bool *ret_asked)
{
    enum factor_need need = factor_needed(entry->tenant, entry->application, entry->user);
    str cookie = factor_trust_cookie(rq);
    struct factor_trusted trusted;
    enum err e;

    *ret_asked = false;
    if (entry->is_proven_twice || need == FACTOR_NEED_NONE) {
        return ERR_OK;
    }
    e = factor_trust_look(rq, entry->tenant, entry->application, entry->user->id,
        cookie.n ? cookie : entry->trust, &trusted);
    if (e != ERR_OK || (need == FACTOR_NEED_CODE && trusted.spares)) {
        return e;
    }
    *ret_asked = true;
    return ask(rq, entry, need);
}

/* ---- POST /api/two-factor/start ---- */

static enum err
find_person(struct rq *rq, const struct start *start, const struct tenant **ret_tenant,
    const struct application **ret_app, struct user **ret)
{
    enum err e;

    if (uuid_is_nil(start->user_id) && start->login_id.n == 0) {
        return api_refuse(rq, "loginId", "blank", "Name the person: by userId or loginId.");
    }
    e = uuid_is_nil(start->user_id) || !uuid_is_nil(start->application_id)
            ? api_proof_place(rq, start->application_id, ret_tenant, ret_app)
            : api_user_tenant(rq, start->user_id, ret_tenant);
    if (e != ERR_OK) {
        return e;
    }
    if (!uuid_is_nil(start->application_id) && (*ret_app == NULL || !(*ret_app)->active)) {
        return api_application_refuse(rq);
    }
    if (*ret_tenant == NULL) {
        return api_not_found(rq);
    }
    e = uuid_is_nil(start->user_id)
            ? api_proof_person(rq, *ret_tenant, start->login_id, &start->id_types, ret)
            : user_load(rq, *ret_tenant, start->user_id, USER_REGISTRATIONS, ret);
    return e == ERR_OK && (*ret == NULL || !user_may_sign_in(*ret, rq->now)) ? api_not_found(rq)
                                                                             : e;
}

static enum err
answer_start(struct rq *rq, const struct tenant *tenant, const struct challenge_order *order)
{
    struct api_answer answer;
    struct ticket_made made;
    enum err e = factor_challenge_start(rq, tenant, order, &made);

    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("code"), order->code.n ? order->code : made.code);
    if (factor_count(order->user)) {
        put_methods(&answer.out, order->user);
    }
    json_put_str(&answer.out, S("twoFactorId"), made.text);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_two_factor_start(struct rq *rq)
{
    const struct application *app = NULL;
    const struct tenant *tenant = NULL;
    struct challenge_order order;
    const struct json *body;
    struct user *user = NULL;
    struct start start;
    enum err e = api_body(rq, NULL, &api_two_factor_start_table, &start, &body);

    arena_keep_secret(rq->arena);
    e = e ? e : api_faults(rq);
    e = e ? e : find_person(rq, &start, &tenant, &app, &user);
    if (e != ERR_OK) {
        return e;
    }
    order = (struct challenge_order){
        .user = user,
        .application = app,
        .detail = {.authentication = S("ONE_TIME_PASSWORD"),
            .state = start.state,
            .trust_challenge = start.trust_challenge},
        .wants_code = start.code.n == 0,
        .code = start.code,
    };
    return answer_start(rq, tenant, &order);
}
