/* SPDX-License-Identifier: Apache-2.0 */
/* Mails with a link or a code: whose they are, and whether they still hold. */
#include "flow/api/api_proof.h"

#include "flow/api/api_application.h"

const char *const api_proof_id_types[] = {"email", "phoneNumber", "username", NULL};

enum err
api_proof_place(struct rq *rq, struct uuid application_id, const struct tenant **ret_tenant,
    const struct application **ret_application)
{
    enum err e = ERR_OK;

    *ret_application = NULL;
    if (!uuid_is_nil(application_id)) {
        e = api_application_find(rq, application_id, ret_tenant, ret_application);
    }
    if (e != ERR_OK || *ret_application != NULL) {
        return e;
    }
    e = api_tenant(rq);
    *ret_tenant = rq->tenant;
    return e;
}

/* A text that is as long as ours without being one of them is looked for where there is only one place to look. */
static enum err
only_tenant(struct rq *rq, const struct tenant **ret)
{
    struct uuid *ids;
    size_t count;
    enum err e = tenant_ids(rq, 2, &ids, &count);

    *ret = NULL;
    return e != ERR_OK || count != 1 ? e : tenant_load(rq, ids[0], ret);
}

/* A long text tells its tenant; of a short one the call has to. */
enum err
api_proof_tenant(struct rq *rq, str text, const struct tenant **ret)
{
    struct uuid *ids;
    size_t count;
    enum err e;

    if (api_is_bound(rq) || text.n != TICKET_LONG_TEXT) {
        e = api_tenant(rq);
        *ret = rq->tenant;
        return e;
    }
    e = ticket_tenants(rq, text, 1, &ids, &count);
    if (e != ERR_OK || count == 0) {
        return e ? e : only_tenant(rq, ret);
    }
    return tenant_load(rq, ids[0], ret);
}

enum err
api_proof_find(struct rq *rq, str text, const enum ticket_kind *kinds, size_t count,
    const struct tenant **ret_tenant, struct proof **ret)
{
    enum err e = api_proof_tenant(rq, text, ret_tenant);

    *ret = NULL;
    for (size_t i = 0; e == ERR_OK && *ret_tenant != NULL && *ret == NULL && i < count; i++) {
        e = proof_find(rq, *ret_tenant, kinds[i], text, ret);
    }
    return e == ERR_OK && *ret == NULL ? api_not_found(rq) : e;
}

enum err
api_proof_judge(struct rq *rq, const struct tenant *tenant, const struct proof *proof, str code)
{
    if (proof->ticket->has_code && code.n == 0) {
        return api_refuse(rq, "oneTimeCode", "blank", "Send the code that came with the message.");
    }
    return ticket_accepts(rq, tenant, proof->ticket, code) ? ERR_OK : api_not_found(rq);
}

enum err
api_proof_person(struct rq *rq, const struct tenant *tenant, str login_id,
    const struct field_texts *types, struct user **ret)
{
    enum err e = api_user_phone(rq, tenant, types, &login_id);

    e = e ? e : user_find(rq, tenant, login_id, USER_REGISTRATIONS, ret);
    if (e == ERR_OK && *ret != NULL
        && (!user_may_sign_in(*ret, rq->now)
            || (types->count > 0 && !api_user_has(rq, *ret, login_id, types)))) {
        *ret = NULL;
    }
    return e;
}

enum err
api_proof_may_mail(struct rq *rq, const struct tenant *tenant, enum ticket_kind kind,
    const struct user *user, bool *ret)
{
    enum err e = proof_take_rate(rq, tenant, kind, user->id);

    *ret = true;
    return e || rq->api_key != NULL ? e : proof_may_mail(rq, tenant, kind, user->id, ret);
}

enum err
api_proof_answer_state(struct rq *rq, str state)
{
    struct api_answer answer;

    api_answer_start(rq, &answer);
    if (state.n) {
        json_put_raw(&answer.out, S("state"), state);
    }
    return api_answer_send(rq, &answer, 200);
}
