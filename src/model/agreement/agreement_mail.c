/* SPDX-License-Identifier: Apache-2.0 */
/* What the giver of a consent is told: at once, and a second time some hours later (emailPlus), so that one given in
 * another's name is heard of. The second is declared in the set that settles the row, so it goes once. */
#include "codec/json.h"
#include "model/agreement/agreement.h"
#include "model/letter/letter.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

enum err
agreement_tell(struct rq *rq, const struct tenant *tenant, const struct agreement_given *given,
    struct uuid template_id)
{
    struct letter letter = {.tenant = tenant, .template_id = template_id};
    struct json_out out;
    struct buf buf;
    struct user *giver = NULL;
    enum err e = ERR_OK;

    if (!uuid_is_nil(template_id)) {
        e = user_load(rq, tenant, given->giver_id, USER_REGISTRATIONS, &giver);
    }
    if (e != ERR_OK || giver == NULL) {
        return e;
    }
    letter.user = giver;
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_out_name(&out, S("consent"));
    field_write(&agreement_table, FIELD_FOR_API, &given->agreement, &out);
    json_out_name(&out, S("userConsent"));
    field_write(&agreement_given_table, FIELD_FOR_API, given, &out);
    json_out_object_end(&out);
    return buf_done(&buf, &letter.data) ? letter_put(rq, &letter) : FAIL_SERVER(rq);
}

/* As early as is allowed: the rest of the time is for a server that is down. */
void
agreement_plan_notice(struct rq *rq, struct agreement_given *given)
{
    const struct agreement_plus *plus = &given->agreement.plus;

    given->head.due_instant = plus->enabled && given->status == AGREEMENT_ACTIVE
                                  ? rq->now + plus->min_hours * HOUR_MS
                                  : 0;
}

static enum err
remind_one(struct rq *rq, struct agreement_given *given)
{
    const struct tenant *tenant;
    void *thing = NULL;
    enum err e = tenant_load(rq, given->head.tenant_id, &tenant);

    if (e == ERR_OK && tenant != NULL) {
        e = record_load(rq, &agreement_kind, given->head.subject_id, &thing);
    }
    if (e == ERR_OK && thing != NULL) {
        given->agreement = *(const struct agreement *)thing;
    }
    if (e == ERR_OK && thing != NULL && given->agreement.plus.enabled
        && given->status == AGREEMENT_ACTIVE) {
        e = agreement_tell(rq, tenant, given, given->agreement.plus.template_id);
    }
    dossier_settle(rq, &agreement_given_kind, given, 0);
    return e;
}

enum err
agreement_remind_some(struct rq *rq, size_t max, size_t *ret_looked)
{
    struct dossier_list list;
    enum err e = dossier_due(rq, &agreement_given_kind, max, &list, ret_looked);

    for (size_t i = 0; e == ERR_OK && i < list.count; i++) {
        e = remind_one(rq, list.items[i]);
    }
    return e;
}
