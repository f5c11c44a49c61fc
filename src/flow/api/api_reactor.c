/* SPDX-License-Identifier: Apache-2.0 */
/* /api/reactor: what FusionAuth sells is given here, so every feature is licensed, whatever is asked. A licence is
 * accepted and not kept. */
#include "flow/api/api.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_tables.h"

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

/* Nothing is measured that leaves the house. */
enum err
api_reactor_metrics(struct rq *rq)
{
    struct api_answer answer;

    api_answer_start(rq, &answer);
    json_put_raw(
        &answer.out, S("metrics"), S("{\"breachedPasswordMetrics\":{},\"mfaMetrics\":{}}"));
    return api_answer_send(rq, &answer, 200);
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

    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "licenseId", "blank", "Send a licence id.");
    }
    e = e ? e : api_faults(rq);
    return e ? e : rq_answer_empty(rq, 200);
}

enum err
api_reactor_accept(struct rq *rq)
{
    return rq_answer_empty(rq, 200);
}
