/* SPDX-License-Identifier: Apache-2.0 */
/* Computers that are spared the challenge (twoFactorTrustId): a ticket that is looked at, not used, with the
 * application it was given for. An application may believe any, only its own, or none, and end them earlier
 * than the tenant. */
#include "model/application/application.h"
#include "model/factor/factor_challenge.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"

#define COOKIE "fusionauth.trust"

static int64_t
ttl_of(const struct tenant *tenant, const struct application *application)
{
    return application != NULL && application->ids.two_factor_trust_ttl_s
               ? application->ids.two_factor_trust_ttl_s
               : tenant->ids.two_factor_trust_ttl_s;
}

static int64_t
longest_of(const struct tenant *tenant, const struct application *application)
{
    return MAX(ttl_of(tenant, application), tenant->ids.two_factor_trust_ttl_s);
}

enum err
factor_trust_give(struct rq *rq, const struct tenant *tenant, const struct application *application,
    struct uuid user_id, str *ret)
{
    struct ticket_order order = {
        .kind = TICKET_TWO_FACTOR_TRUST,
        .user_id = user_id,
        .application_id = application ? application->id : (struct uuid){{0}},
        .ttl_s = longest_of(tenant, application),
    };
    struct ticket_made made;
    enum err e = ticket_make(rq, tenant, &order, &made);

    *ret = e ? NO_STR : made.text;
    return e;
}

str
factor_trust_cookie(struct rq *rq)
{
    return rq_cookie(rq, rq_cookie_name(rq, S(COOKIE)));
}

void
factor_trust_keep(
    struct rq *rq, const struct tenant *tenant, const struct application *application, str text)
{
    rq_set_cookie(rq, S(COOKIE), text, longest_of(tenant, application));
}

bool
factor_trust_is_offered(const struct application *application)
{
    return application == NULL || application->factor.policy < 0
           || application->factor.trust == FACTOR_TRUST_ANY
           || application->factor.trust == FACTOR_TRUST_THIS;
}

/* The application's policy counts where it has a policy of its own at all. */
static bool
is_believed(const struct application *application, const struct ticket *trust)
{
    if (application == NULL || application->factor.policy < 0) {
        return true;
    }
    switch (application->factor.trust) {
    case FACTOR_TRUST_ANY:
        return true;
    case FACTOR_TRUST_THIS:
        return uuid_eq(trust->application_id, application->id);
    default:
        return false;
    }
}

enum err
factor_trust_look(struct rq *rq, const struct tenant *tenant, const struct application *application,
    struct uuid user_id, str text, struct factor_trusted *ret)
{
    struct ticket *trust = NULL;
    enum err e = text.n ? ticket_find(rq, tenant, TICKET_TWO_FACTOR_TRUST, text, &trust) : ERR_OK;

    *ret = (struct factor_trusted){.started_at = 0};
    if (e != ERR_OK || trust == NULL || !uuid_eq(trust->user_id, user_id)) {
        return e;
    }
    ret->application_id = trust->application_id;
    ret->started_at = trust->insert_instant;
    ret->expires_at =
        MIN(trust->expires_at, trust->insert_instant + ttl_of(tenant, application) * SECOND_MS);
    ret->spares = ret->expires_at > rq->now && is_believed(application, trust);
    return ERR_OK;
}

void
factor_trust_forget(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    ticket_forget_user_kind(rq, tenant, user_id, TICKET_TWO_FACTOR_TRUST);
}
