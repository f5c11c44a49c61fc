/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/identity-provider/start: the id of an authentication request (api_federate_saml.c), or the code of what HYPR
 * asks a person (api_federate_hypr.c). And the connection test of a provider: what can be tried without a person is tried
 * at once, and shown as long as the tenant says. */
#include "flow/api/api.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_federate.h"
#include "flow/api/api_tables.h"
#include "model/application/application.h"
#include "model/key/key.h"

#include "model/ticket/ticket.h"

static enum err
answer_text(struct rq *rq, str name, str value)
{
    struct api_answer answer;

    api_answer_start(rq, &answer);
    json_put_str(&answer.out, name, value);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_federate_start(struct rq *rq)
{
    struct api_federate asked;
    const struct tenant *tenant;
    const struct application *application;
    const struct idp *idp;
    const struct json *body;
    struct federate_order order = {.makes_no_link = false};
    struct ticket *test = NULL;
    enum err e = api_body(rq, NULL, &api_federate_start_table, &asked, &body);

    if (e == ERR_OK && body == NULL) {
        return api_refuse(rq, "identityProviderId", "missing", "Name the identity provider.");
    }
    e = e ? e : api_faults(rq);
    e = e ? e : api_federate_place(rq, &asked, &tenant, &application, &idp);
    e = e ? e : api_federate_find_test(rq, &asked, tenant, idp, &test);
    if (e != ERR_OK) {
        return e;
    }
    order = (struct federate_order){tenant, application, idp, NULL, false};
    if (idp->type == IDP_SAML) {
        return api_federate_saml_start(rq, &order, &asked);
    }
    if (idp->type == IDP_HYPR) {
        return api_federate_hypr_start(rq, &order, &asked);
    }
    return api_refuse(rq, "identityProviderId", "notSupported",
        "Nothing is to be started for a provider of this type.");
}

/* ---- the connection test ---- */

struct asked_test { /* type IdentityProviderConnectionTestRequest */
    struct uuid idp_id, tenant_id;
};
/* clang-format off */
static const struct field test_fields[] = {
    {.name = "identityProviderId", .kind = FIELD_UUID, .offset = FIELD_AT(struct asked_test, idp_id), .flags = FIELD_REQUIRED},
    {.name = "tenantId",           .kind = FIELD_UUID, .offset = FIELD_AT(struct asked_test, tenant_id)},
};
const struct field_table api_federate_test_table = FIELD_TABLE("IdentityProviderConnectionTestRequest", test_fields, struct asked_test, NULL);
/* clang-format on */

static void
note(struct federate_trace *trace, const char *title, bool is_right, str detail)
{
    if (trace->count < COUNT(trace->steps)) {
        trace->steps[trace->count++] = (struct federate_step){title, detail, is_right};
    }
}

static enum err
try_keys(struct rq *rq, const struct idp *idp, struct federate_trace *trace)
{
    size_t found = 0;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < idp->verification_keys.count; i++) {
        const struct key *key = NULL;
        struct uuid id;
        e = uuid_parse(idp->verification_keys.items[i], &id) ? key_load(rq, id, &key) : ERR_OK;
        found += e == ERR_OK && key != NULL;
    }
    note(trace, "Find the verification keys", found && found == idp->verification_keys.count,
        str_fmt(rq->arena, "%zu of %zu are there.", found, idp->verification_keys.count));
    return e;
}

static enum err
try_all(struct rq *rq, const struct idp *idp, struct federate_trace *trace)
{
    bool is_on = false;
    const struct idp_app *apps = idp->apps.items;
    enum err e = ERR_OK;

    for (size_t i = 0; i < idp->apps.count; i++) {
        is_on = is_on || apps[i].enabled;
    }
    note(trace, "Read the configuration", true,
        idp->enabled && is_on ? S("The provider is on.")
                              : S("The provider is off, or on for no application."));
    if (idp->verification_keys.count) {
        e = try_keys(rq, idp, trace);
    }
    if (e == ERR_OK && idp->type == IDP_OPENID_CONNECT && idp->oauth.issuer.n) {
        e = federate_probe(rq, idp, trace);
    } else if (e == ERR_OK && idp->type != IDP_EXTERNAL_JWT && !idp->verification_keys.count) {
        note(trace, "Reach the provider", false,
            S("It publishes nothing that could be asked for without a person."));
    }
    return e;
}

static bool
write_steps(const struct federate_trace *trace, struct json_out *out)
{
    bool is_right = trace->count > 0;

    for (size_t i = 0; i < trace->count; i++) {
        const struct federate_step *s = &trace->steps[i];
        is_right = is_right && s->is_right;
        json_out_object(out);
        if (s->detail.n) {
            json_put_str(out, S("detail"), s->detail);
        }
        json_put_bool(out, S("success"), s->is_right);
        json_put_str(out, S("title"), str_from(s->title));
        json_out_object_end(out);
    }
    return is_right;
}

/* Type IdentityProviderConnectionTestResult. */
static str
write_result(struct rq *rq, const struct idp *idp, const struct federate_trace *trace)
{
    struct json_out out;
    struct buf buf;
    str text;
    bool is_right;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("identityProviderId"), uuid_text(rq->arena, idp->head.id));
    json_put_i64(&out, S("startInstant"), rq->now);
    json_out_name(&out, S("steps"));
    json_out_array(&out);
    is_right = write_steps(trace, &out);
    json_out_array_end(&out);
    json_put_bool(&out, S("success"), is_right);
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

bool
api_federate_is_test_of(const struct ticket *test, const struct idp *idp)
{
    struct uuid id;
    str text;

    return json_str(json_get(test->detail, S("identityProviderId")), &text) && uuid_parse(text, &id)
           && uuid_eq(id, idp->head.id);
}

static void
put(struct json_out *out, str name, str value)
{
    if (value.n) {
        json_put_str(out, name, value);
    }
}

/* The result again, as the last person who tried it made it: what was tried at the start stays. */
static str
write_again(struct rq *rq, const struct ticket *test, const struct federate_trace *trace,
    const struct federate_claims *claims)
{
    enum { STEPS_KEPT = 24 };
    const struct json *steps = json_get(test->detail, S("steps"));
    struct json_out out;
    struct buf buf;
    str text;
    bool is_right = true, was_right = true;
    size_t n = 0;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    put(&out, S("email"), claims->email);
    json_out_name(&out, S("identityProviderId"));
    json_out_value(&out, json_get(test->detail, S("identityProviderId")));
    put(&out, S("identityProviderUserId"), claims->subject);
    json_out_name(&out, S("startInstant"));
    json_out_value(&out, json_get(test->detail, S("startInstant")));
    json_out_name(&out, S("steps"));
    json_out_array(&out);
    for (const struct json *m = steps ? steps->first : NULL; m && n < STEPS_KEPT;
         m = m->next, n++) {
        bool is_so = false;
        was_right = was_right && json_bool(json_get(m, S("success")), &is_so) && is_so;
        json_out_value(&out, m);
    }
    is_right = write_steps(trace, &out) && was_right;
    json_out_array_end(&out);
    json_put_bool(&out, S("success"), is_right);
    put(&out, S("username"), claims->username);
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

enum err
api_federate_note(struct rq *rq, const struct tenant *tenant, const struct ticket *test,
    const struct federate_trace *trace, const struct federate_claims *claims)
{
    static const struct federate_claims nobody = {.all = NULL};
    bool is_believed = trace->reach == FEDERATE_REACHED;
    str detail = write_again(rq, test, trace, is_believed ? claims : &nobody), code;
    struct api_answer answer;
    enum err e = detail.n ? ticket_change(rq, tenant, test, detail, NULL, &code) : FAIL_SERVER(rq);

    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    return api_answer_send(rq, &answer, 200);
}

/* The tenant that is named, or the call's own. */
static enum err
find_tenant(struct rq *rq, struct uuid id, const struct tenant **ret)
{
    enum err e = ERR_OK;

    *ret = NULL;
    if (uuid_is_nil(id)) {
        e = api_tenant(rq);
        *ret = rq->tenant;
    } else if (api_may_see(rq, id)) {
        e = tenant_load(rq, id, ret);
    }
    return e == ERR_OK && *ret == NULL
               ? api_refuse(rq, "tenantId", "invalid", "There is no tenant with this id.")
               : e;
}

enum err
api_federate_test(struct rq *rq)
{
    struct ticket_order order = {.kind = TICKET_CONNECTION_TEST};
    struct federate_trace trace = {.count = 0};
    struct asked_test asked;
    struct ticket_made made;
    const struct tenant *tenant = NULL;
    const struct idp *idp = NULL;
    const struct json *body;
    enum err e = api_body(rq, NULL, &api_federate_test_table, &asked, &body);

    if (e == ERR_OK && body == NULL) {
        return api_refuse(rq, "identityProviderId", "missing", "Name the identity provider.");
    }
    e = e ? e : api_faults(rq);
    e = e ? e : find_tenant(rq, asked.tenant_id, &tenant);
    e = e ? e : idp_load(rq, tenant, asked.idp_id, &idp);
    if (e != ERR_OK || idp == NULL || tenant == NULL) {
        return e ? e : api_not_found(rq);
    }
    e = try_all(rq, idp, &trace);
    order.detail = e ? NO_STR : write_result(rq, idp, &trace);
    order.ttl_s = tenant->ids.connection_test_ttl_s;
    if (e != ERR_OK || order.detail.n == 0) {
        return e ? e : FAIL_SERVER(rq);
    }
    e = ticket_make(rq, tenant, &order, &made);
    return e ? e : answer_text(rq, S("connectionTestId"), made.text);
}

enum err
api_federate_test_result(struct rq *rq)
{
    str text = rq_query_get(rq, S("connectionTestId"));
    const struct tenant *tenant = NULL;
    struct ticket *ticket = NULL;
    struct api_answer answer;
    struct uuid *ids;
    size_t count = 0;
    enum err e;

    if (text.n == 0) {
        return api_refuse(rq, "connectionTestId", "blank", "Send the id of the test.");
    }
    e = ticket_tenants(rq, text, 1, &ids, &count);
    if (e == ERR_OK && count > 0 && api_may_see(rq, ids[0])) {
        e = tenant_load(rq, ids[0], &tenant);
    }
    if (e == ERR_OK && tenant != NULL) {
        e = ticket_find(rq, tenant, TICKET_CONNECTION_TEST, text, &ticket);
    }
    if (e != ERR_OK || ticket == NULL) {
        return e ? e : api_not_found(rq);
    }
    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("connectionTestId"), text);
    json_out_name(&answer.out, S("result"));
    json_out_value(&answer.out, ticket->detail);
    return api_answer_send(rq, &answer, 200);
}
