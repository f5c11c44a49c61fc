/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/identity-provider/login and /api/jwt/reconcile: somebody whom a provider knows comes in. By a token
 * (ExternalJWT), an authorization code (OpenIDConnect and the networks), or what a network gave to our client itself.
 * HYPR's way is api_federate_hypr.c, SAML's api_federate_saml.c.
 * Answers as /api/login does, and 232 with a pending link, 404 when nobody is linked, 401 when the provider's word
 * does not hold. 503 when the provider cannot be reached. */
#include "flow/api/api_federate.h"

#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "model/credential/credential.h"
#include "model/eventlog/eventlog.h"
#include "model/saml/saml.h"
#include "model/ticket/ticket.h"

/* clang-format off */
static const char *const id_types[] = {"email", "phoneNumber", "username", NULL};

#define F(member) FIELD_AT(struct api_federate, member)
static const struct field login_fields[] = {
    API_LOGIN_BASE_FIELDS,
    {.name = "connectionTestId",   .kind = FIELD_TEXT,     .offset = F(test_id)},
    {.name = "data",               .kind = FIELD_TEXT_MAP, .offset = F(data), .flags = FIELD_PERSONAL, .max = SAML_MAX_TEXT},
    {.name = "encodedJWT",         .kind = FIELD_SECRET,   .offset = F(jwt), .max = 8192},
    {.name = "identityProviderId", .kind = FIELD_UUID,     .offset = F(idp_id), .flags = FIELD_REQUIRED},
    {.name = "noLink",             .kind = FIELD_BOOL,     .offset = F(makes_no_link)},
    {.name = "refresh_token",      .kind = FIELD_SECRET,   .offset = F(refresh_token), .max = 16384},
};
const struct field_table api_federate_table = FIELD_TABLE("IdentityProviderLoginRequest", login_fields, struct api_federate, NULL);

static const struct field start_fields[] = {
    API_LOGIN_BASE_FIELDS,
    {.name = "connectionTestId",   .kind = FIELD_TEXT,     .offset = F(test_id)},
    {.name = "data",               .kind = FIELD_TEXT_MAP, .offset = F(data), .flags = FIELD_PERSONAL, .max = 16384},
    {.name = "identityProviderId", .kind = FIELD_UUID,     .offset = F(idp_id), .flags = FIELD_REQUIRED},
    {.name = "loginId",            .kind = FIELD_TEXT,     .offset = F(login_id), .flags = FIELD_PERSONAL},
    {.name = "loginIdTypes",       .kind = FIELD_ENUMS,    .offset = F(login_id_types), .more.names = id_types},
    {.name = "state",              .kind = FIELD_JSON,     .offset = F(state), .max = 8192},
};
const struct field_table api_federate_start_table = FIELD_TABLE("IdentityProviderStartLoginRequest", start_fields, struct api_federate, NULL);
/* clang-format on */

static const char *const authentications[IDP_TYPE_COUNT] = {
    [IDP_APPLE] = "APPLE",
    [IDP_EPIC_GAMES] = "EpicGames",
    [IDP_EXTERNAL_JWT] = "FEDERATED_JWT",
    [IDP_FACEBOOK] = "FACEBOOK",
    [IDP_GOOGLE] = "GOOGLE",
    [IDP_HYPR] = "HYPR",
    [IDP_LINKEDIN] = "LINKEDIN",
    [IDP_NINTENDO] = "Nintendo",
    [IDP_OPENID_CONNECT] = "OPENID_CONNECT",
    [IDP_SAML] = "SAMLv2",
    [IDP_SAML_INITIATED] = "SAMLv2IdpInitiated",
    [IDP_SONY_PSN] = "SonyPSN",
    [IDP_STEAM] = "Steam",
    [IDP_TWITCH] = "Twitch",
    [IDP_TWITTER] = "TWITTER",
    [IDP_XBOX] = "Xbox",
};

enum err
api_federate_place(struct rq *rq, const struct api_federate *asked,
    const struct tenant **ret_tenant, const struct application **ret_application,
    const struct idp **ret_idp)
{
    enum err e;

    if (uuid_is_nil(asked->base.application_id)) {
        return api_refuse(rq, "applicationId", "blank", "Say which application it is for.");
    }
    e = api_application_find(rq, asked->base.application_id, ret_tenant, ret_application);
    if (e != ERR_OK) {
        return e;
    }
    if (*ret_application == NULL || !(*ret_application)->active) {
        return api_refuse(rq, "applicationId", "invalid", "Name an active application.");
    }
    e = idp_load(rq, *ret_tenant, asked->idp_id, ret_idp);
    if (e == ERR_OK
        && (*ret_idp == NULL
            || (asked->test_id.n == 0 && !idp_is_on(*ret_idp, (*ret_application)->id)))) {
        return api_refuse(rq, "identityProviderId", "invalid",
            "Name an identity provider that is on for this application.");
    }
    return e;
}

str
api_federate_datum(struct rq *rq, const struct api_federate *asked, str name)
{
    const struct json *data;
    str text;

    if (asked->data.n && json_parse(rq->arena, asked->data, &data, NULL)
        && json_str(json_get(data, name), &text)) {
        return text;
    }
    return NO_STR;
}

struct call {
    struct rq *rq;
    struct api_federate asked;
    const struct tenant *tenant;
    const struct application *application;
    const struct idp *idp;
    struct federate_claims claims;
    struct federate_trace trace; /* its reach says whether the claims are to be believed */
};

enum err
api_federate_refuse(struct rq *rq)
{
    return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "is not what the provider says of anybody");
}

static enum err
by_jwt(struct call *call)
{
    struct rq *rq = call->rq;
    struct federate_trace *trace = &call->trace;
    str token =
        call->asked.jwt.n ? call->asked.jwt : api_federate_datum(rq, &call->asked, S("token"));
    bool is_right;
    enum err e;

    if (token.n == 0) {
        return api_refuse(rq, "encodedJWT", "blank", "Send the token that the provider made.");
    }
    e = federate_jwt(rq, call->idp, token, &call->claims, &is_right);
    call->claims.token = call->asked.refresh_token.n
                             ? call->asked.refresh_token
                             : api_federate_datum(rq, &call->asked, S("refresh_token"));
    trace->reach = e == ERR_OK && is_right ? FEDERATE_REACHED : FEDERATE_REFUSED;
    trace->steps[trace->count++] =
        (struct federate_step){"Judge the token", NO_STR, e == ERR_OK && is_right};
    return e;
}

/* A code is good once: when a race runs the handler again, what it gave is still there. */
struct learnt {
    struct federate_claims claims;
    struct federate_trace trace;
};

static enum err
keep_learnt(struct call *call)
{
    struct learnt *learnt = ARENA_NEW(call->rq->arena, struct learnt);

    if (learnt == NULL) {
        return FAIL_SERVER(call->rq);
    }
    *learnt = (struct learnt){call->claims, call->trace};
    call->rq->kept = learnt;
    return ERR_OK;
}

static void
read_code(struct call *call, struct federate_code *code)
{
    struct rq *rq = call->rq;
    const struct api_federate *asked = &call->asked;
    bool is_twitter = call->idp->type == IDP_TWITTER;
    str token = api_federate_datum(rq, asked, is_twitter ? S("oauth_token") : S("token"));
    str ticket = api_federate_datum(rq, asked, S("sessionTicket"));
    str person = api_federate_datum(rq, asked, S("appleUser"));

    *code = (struct federate_code){
        .code = api_federate_datum(rq, asked, S("code")),
        .redirect_uri = api_federate_datum(rq, asked, S("redirect_uri")),
        .verifier =
            api_federate_datum(rq, asked, is_twitter ? S("oauth_verifier") : S("code_verifier")),
        .token = token.n || is_twitter ? token : api_federate_datum(rq, asked, S("id_token")),
        .ticket = ticket.n ? ticket : api_federate_datum(rq, asked, S("ticket")),
        .secret = api_federate_datum(rq, asked, S("oauth_token_secret")),
        .person = person.n ? person : api_federate_datum(rq, asked, S("user")),
        .is_native = str_eq(api_federate_datum(rq, asked, S("isNativeApp")), S("true")),
    };
}

/* One of what the type can be asked with, and with a code the address it came to; an app of Apple's has none. */
static void
check_code(struct call *call, const struct federate_code *code)
{
    struct field_reader reader = api_reader(call->rq);
    int type = call->idp->type;

    if (type == IDP_STEAM) {
        if (code->ticket.n == 0 && code->token.n == 0) {
            field_fault(&reader, "data.sessionTicket", "blank",
                "Send the ticket, or the token, that Steam gave.");
        }
        return;
    }
    if (type == IDP_TWITTER) {
        if (code->token.n == 0) {
            field_fault(&reader, "data.oauth_token", "blank", "Send the token that Twitter gave.");
        }
        if (code->secret.n == 0) {
            field_fault(&reader, "data.oauth_token_secret", "blank", "Send the token's secret.");
        }
        return;
    }
    if (code->code.n == 0 && code->token.n && type == IDP_XBOX) {
        field_fault(&reader, "data.token", "notSupported",
            "Nobody says whose client a token of Xbox is for: send the code, data.code.");
    } else if (code->code.n == 0 && !(federate_takes_token(call->idp) && code->token.n)) {
        field_fault(&reader, "data.code", "blank", "Send the code that the provider gave.");
    }
    if ((code->code.n || type == IDP_OPENID_CONNECT) && code->redirect_uri.n == 0
        && !(type == IDP_APPLE && code->is_native)) {
        field_fault(&reader, "data.redirect_uri", "blank", "Send the address the code came to.");
    }
}

static enum err
by_code(struct call *call)
{
    struct rq *rq = call->rq;
    const struct learnt *learnt = rq->kept;
    struct federate_code code;
    enum err e;

    if (learnt != NULL) {
        call->claims = learnt->claims;
        call->trace = learnt->trace;
        return ERR_OK;
    }
    read_code(call, &code);
    check_code(call, &code);
    e = api_faults(rq);
    e = e ? e
          : federate_openid(rq, call->idp, call->application, &code, &call->trace, &call->claims);
    return e ? e : keep_learnt(call);
}

static bool
is_saml(const struct idp *idp)
{
    return idp->type == IDP_SAML || idp->type == IDP_SAML_INITIATED;
}

static enum err
by_saml(struct call *call)
{
    struct federate_order order = {call->tenant, call->application, call->idp, NULL, false};

    return api_federate_saml(call->rq, &order, &call->asked, &call->trace, &call->claims);
}

static enum err
answer_pending(struct rq *rq, str id)
{
    struct api_answer answer;

    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("pendingIdPLinkId"), id);
    return api_answer_send(rq, &answer, 232);
}

void
api_federate_note_failure(
    struct rq *rq, const struct federate_order *order, const struct api_login_base *base)
{
    rq->login_application = order->application->id;
    api_info_take_login(rq, base);
    credential_note_failure(rq, order->tenant, (struct uuid){{0}}, ATTEMPT_PROVIDER, NO_STR);
}

enum err
api_federate_finish(struct rq *rq, const struct federate_order *order,
    const struct api_login_base *base, const struct federate_result *result)
{
    struct api_entry entry = {
        .tenant = order->tenant,
        .application = order->application,
        .user = result->user,
        .authentication = authentications[order->idp->type],
        .base = base,
        .is_proven_twice =
            true, /* the provider asks for a second factor of its own, or does not: FusionAuth never does */
    };

    if (result->verdict != FEDERATE_IN && result->verdict != FEDERATE_PENDING) {
        api_federate_note_failure(rq, order, base);
    }
    switch (result->verdict) {
    case FEDERATE_IN:
        return api_login_finish(rq, &entry);
    case FEDERATE_PENDING:
        return answer_pending(rq, result->pending_id);
    case FEDERATE_UNLINKED:
        return api_not_found(rq);
    case FEDERATE_UNVERIFIED:
        return api_refuse(rq, "", "unverifiedEmail",
            "The provider does not vouch for the email address: no link is made by it.");
    case FEDERATE_OTHER:
        return api_refuse(rq, "", "alreadyLinked",
            "The user is linked to somebody else of this provider: no second link is made by an "
            "address or a name.");
    case FEDERATE_FULL:
        return api_refuse(rq, "", "limitReached",
            "The user has as many links to this provider as the tenant allows.");
    case FEDERATE_UNFIT:
        break;
    }
    return api_federate_refuse(rq);
}

/* With the provider's debug: an entry of the event log, also of who is refused; what a refusal declared before is gone. */
static enum err
tell_debug(struct call *call, bool is_let_in)
{
    struct rq *rq = call->rq;
    struct buf buf;
    str text;

    if (!call->idp->debug) {
        return ERR_OK;
    }
    buf_init(&buf, rq->arena, KB(64));
    buf_fmt(&buf, "Identity provider " STRF " (" STRF "): somebody was %s.", STRV(call->idp->name),
        STRV(uuid_text(rq->arena, call->idp->head.id)), is_let_in ? "let in" : "refused");
    for (size_t i = 0; i < call->trace.count; i++) {
        const struct federate_step *step = &call->trace.steps[i];
        buf_fmt(&buf, "\n%s: %s. " STRF, step->title, step->is_right ? "yes" : "no",
            STRV(step->detail));
    }
    if (!buf_done(&buf, &text)) {
        return FAIL_SERVER(rq);
    }
    if (!is_let_in) {
        rq_keep_refusal(rq);
    }
    return eventlog_add(rq, call->tenant, EVENTLOG_DEBUG, text);
}

static enum err
sign_in(struct call *call)
{
    struct federate_order order = {
        call->tenant, call->application, call->idp, &call->claims, call->asked.makes_no_link};
    struct federate_result result = {.verdict = FEDERATE_UNFIT};
    bool is_reached = call->trace.reach == FEDERATE_REACHED;
    enum err e = is_reached ? federate_sign_in(call->rq, &order, &result) : ERR_OK;

    e = e ? e
          : tell_debug(call, result.verdict == FEDERATE_IN || result.verdict == FEDERATE_PENDING);
    if (e != ERR_OK) {
        return e;
    }
    return call->trace.reach == FEDERATE_UNREACHABLE
               ? rq_answer_empty(call->rq, 503)
               : api_federate_finish(call->rq, &order, &call->asked.base, &result);
}

enum err
api_federate_find_test(struct rq *rq, const struct api_federate *asked, const struct tenant *tenant,
    const struct idp *idp, struct ticket **ret)
{
    enum err e = ERR_OK;

    *ret = NULL;
    if (asked->test_id.n == 0) {
        return ERR_OK;
    }
    e = ticket_find(rq, tenant, TICKET_CONNECTION_TEST, asked->test_id, ret);
    if (e == ERR_OK && (*ret == NULL || !api_federate_is_test_of(*ret, idp))) {
        return api_refuse(rq, "connectionTestId", "invalid",
            "It is not known, is of another provider, or its time is over.");
    }
    return e;
}

enum err
api_federate_login(struct rq *rq)
{
    struct call call = {.rq = rq};
    struct ticket *test = NULL;
    const struct json *body;
    enum err e = api_body(rq, NULL, &api_federate_table, &call.asked, &body);

    arena_keep_secret(rq->arena);
    if (e == ERR_OK && body == NULL) {
        return api_refuse(rq, "identityProviderId", "missing", "Name the identity provider.");
    }
    e = e ? e : api_faults(rq);
    e = e ? e : api_federate_place(rq, &call.asked, &call.tenant, &call.application, &call.idp);
    e = e ? e : api_federate_find_test(rq, &call.asked, call.tenant, call.idp, &test);
    if (e != ERR_OK) {
        return e;
    }
    if (call.idp->type == IDP_HYPR) {
        return api_federate_hypr_login(rq,
            &(struct federate_order){call.tenant, call.application, call.idp, NULL, false},
            &call.asked, test);
    }
    e = is_saml(call.idp)                    ? by_saml(&call)
        : call.idp->type == IDP_EXTERNAL_JWT ? by_jwt(&call)
                                             : by_code(&call);
    if (e != ERR_OK || test == NULL) {
        return e ? e : sign_in(&call);
    }
    return api_federate_note(rq, call.tenant, test, &call.trace, &call.claims);
}

/* ---- a pending link ---- */

static void
put(struct json_out *out, str name, str value)
{
    if (value.n) {
        json_put_str(out, name, value);
    }
}

static void
write_pending(const struct idp *idp, const struct federate_pending *pending, struct json_out *out)
{
    char id[UUID_TEXT];

    uuid_write(idp->head.id, id);
    json_out_name(out, S("pendingIdPLink"));
    json_out_object(out);
    put(out, S("displayName"), pending->display_name);
    put(out, S("email"), pending->email);
    json_put_str(out, S("identityProviderId"), (str){id, sizeof id});
    json_put_str(out, S("identityProviderName"), idp->name);
    json_put_str(out, S("identityProviderType"), str_from(idp_types[idp->type]));
    json_put_str(out, S("identityProviderUserId"), pending->subject);
    put(out, S("username"), pending->username);
    json_out_object_end(out);
}

static enum err
answer_pending_link(struct rq *rq, const struct tenant *tenant, const struct idp *idp,
    const struct federate_pending *pending, struct uuid user_id)
{
    const struct idp_tenant *said = idp_tenant(idp, tenant->id);
    struct api_answer answer;
    int64_t count = 0;
    enum err e =
        uuid_is_nil(user_id) ? ERR_OK : link_count(rq, tenant, user_id, idp->head.id, &count);

    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    if (said != NULL) {
        json_out_name(&answer.out, S("identityProviderTenantConfiguration"));
        field_write(&idp_tenant_table, FIELD_FOR_API, said, &answer.out);
    }
    if (!uuid_is_nil(user_id)) {
        json_put_i64(&answer.out, S("linkCount"), count);
    }
    write_pending(idp, pending, &answer.out);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_link_pending(struct rq *rq)
{
    struct federate_pending pending;
    const struct idp *idp = NULL;
    struct ticket *ticket = NULL;
    struct uuid user_id, *ids;
    const struct tenant *tenant = NULL;
    size_t count = 0;
    enum err e = api_query_id(rq, "userId", &user_id);

    e = e ? e : ticket_tenants(rq, rq->segments[0], 1, &ids, &count);
    if (e == ERR_OK && count > 0 && api_may_see(rq, ids[0])) {
        e = tenant_load(rq, ids[0], &tenant);
    }
    if (e == ERR_OK && tenant != NULL) {
        e = ticket_find(rq, tenant, TICKET_PENDING_LINK, rq->segments[0], &ticket);
    }
    if (e == ERR_OK && ticket != NULL && federate_pending_read(ticket, &pending)) {
        e = idp_load(rq, tenant, pending.idp_id, &idp);
    }
    if (e != ERR_OK || idp == NULL) {
        return e ? e : api_not_found(rq);
    }
    return answer_pending_link(rq, tenant, idp, &pending, user_id);
}
