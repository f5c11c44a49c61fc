/* SPDX-License-Identifier: Apache-2.0 */
/* /api/reactor: what FusionAuth sells is given here, so every feature is licensed, whatever is asked. A licence is
 * accepted and not kept. */
#include "flow/api/api.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_tables.h"
#include "model/apikey/apikey.h"
#include "model/breach/breach.h"
#include "model/tally/tally.h"
#include "model/tenant/tenant.h"

enum { TENANTS_MAX = 1000 };

enum err
api_reactor_status(struct rq *rq)
{
    static const char *const features[] = {"advancedIdentityProviders", "advancedLambdas",
        "advancedMultiFactorAuthentication", "advancedOAuthScopes",
        "advancedOAuthScopesCustomScopes", "advancedOAuthScopesThirdPartyApplications",
        "advancedRegistration", "applicationMultiFactorAuthentication", "applicationThemes",
        "breachedPasswordDetection", "clientRiskConfiguration", "connectors", "dPoP",
        "entityManagement", "imfaWebhooks", "intelligentMFA", "ipGeoLocation", "ipReputation",
        "legacyAdapter", "multiFactorLambdas", "scimServer", "tenantManagerApplication",
        "threatDetection", "universalApplication", "userAgentReputation", "webAuthn",
        "webAuthnPlatformAuthenticators", "webAuthnRoamingAuthenticators"};
    struct api_answer answer;

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("status"));
    json_out_object(&answer.out);
    for (size_t i = 0; i < COUNT(features); i++) {
        json_put_str(&answer.out, str_from(features[i]), S("ACTIVE"));
    }
    json_put_raw(&answer.out, S("licenseAttributes"), S("{}"));
    json_put_bool(&answer.out, S("licensed"), true);
    json_out_object_end(&answer.out);
    return api_answer_send(rq, &answer, 200);
}

/* What is written down by now, and what this node has counted since. */
static enum err
write_breaches(struct rq *rq, const struct tenant *tenant, struct json_out *out)
{
    struct breach_counts waiting = breach_waiting(rq, tenant->id);
    struct tally_total *totals, ever = {.n = {0}};
    size_t count;
    enum err e = tally_totals(rq, tenant, &totals, &count);

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        if (uuid_is_nil(totals[i].application_id)) {
            ever = totals[i];
        }
    }
    json_out_name(out, uuid_text(rq->arena, tenant->id));
    json_out_object(out);
    json_put_i64(
        out, S("actionRequired"), MAX(ever.n[TALLY_BREACH_FOUND] - ever.n[TALLY_BREACH_END], 0));
    json_put_i64(
        out, S("matchedCommonPasswordCount"), ever.n[TALLY_BREACH_COMMON] + waiting.common);
    json_put_i64(out, S("matchedExactCount"), 0); /* no login ids are known to the list */
    json_put_i64(out, S("matchedPasswordCount"), ever.n[TALLY_BREACH_PASSWORD] + waiting.password);
    json_put_i64(out, S("matchedSubAddressCount"), 0);
    json_put_i64(out, S("passwordsCheckedCount"), ever.n[TALLY_BREACH_CHECKED] + waiting.checked);
    json_out_object_end(out);
    return e;
}

/* Of the tenants that look passwords up. */
static enum err
write_all(struct rq *rq, struct json_out *out)
{
    const struct tenant *tenant;
    struct uuid *ids = NULL;
    size_t count = 0;
    enum err e = tenant_ids(rq, TENANTS_MAX, &ids, &count);

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        if (!api_may_see(rq, ids[i])) {
            continue;
        }
        e = tenant_load(rq, ids[i], &tenant);
        if (e == ERR_OK && tenant != NULL && tenant->password.breach.enabled) {
            e = write_breaches(rq, tenant, out);
        }
    }
    return e;
}

enum err
api_reactor_metrics(struct rq *rq)
{
    struct api_answer answer;
    enum err e;

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("metrics"));
    json_out_object(&answer.out);
    json_out_name(&answer.out, S("breachedPasswordMetrics"));
    json_out_object(&answer.out);
    e = write_all(rq, &answer.out);
    json_out_object_end(&answer.out);
    json_put_raw(&answer.out, S("mfaMetrics"), S("{}"));
    json_out_object_end(&answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}

/* clang-format off */
struct request {
    str license, license_id, event_info;
};
#define R(member) FIELD_AT(struct request, member)
static const struct field request_fields[] = {
    {.name = "eventInfo", .kind = FIELD_JSON,   .offset = R(event_info), .max = 8192},
    {.name = "license",   .kind = FIELD_SECRET, .offset = R(license), .max = 65535},
    {.name = "licenseId", .kind = FIELD_SECRET, .offset = R(license_id), .flags = FIELD_REQUIRED},
};
const struct field_table api_reactor_request_table = FIELD_TABLE("ReactorRequest", request_fields, struct request, NULL);
/* clang-format on */

enum err
api_reactor_activate(struct rq *rq)
{
    struct request request;
    const struct json *body;
    enum err e = api_body(rq, NULL, &api_reactor_request_table, &request, &body);

    if (rq->api_key != NULL && !uuid_is_nil(rq->api_key->tenant_id)) {
        return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs a key that is not bound to a tenant");
    }
    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "licenseId", "blank", "Send a licence id.");
    }
    e = e ? e : api_faults(rq);
    return e ? e : rq_answer_empty(rq, 200);
}

/* A new key, or none any more: of the house. */
enum err
api_reactor_accept(struct rq *rq)
{
    if (rq->api_key != NULL && !uuid_is_nil(rq->api_key->tenant_id)) {
        return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs a key that is not bound to a tenant");
    }
    return rq_answer_empty(rq, 200);
}
