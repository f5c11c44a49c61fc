/* SPDX-License-Identifier: Apache-2.0 */
/* /api/identity-provider/link: who of ours is whom at a provider. The call's tenant is the person's. A body may
 * have its members at the top, too, as FusionAuth before 1.43 did. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_user.h"
#include "model/federate/federate.h"
#include "model/ticket/ticket.h"

struct asked { /* type IdentityProviderLinkRequest */
    struct link link;
    str event_info, pending_id;
};
/* clang-format off */
#define A(member) FIELD_AT(struct asked, member)
static const struct field asked_fields[] = {
    {.name = "displayName",            .kind = FIELD_TEXT, .offset = A(link.display_name), .flags = FIELD_PERSONAL},
    {.name = "eventInfo",              .kind = FIELD_JSON, .offset = A(event_info), .max = 8192},
    {.name = "identityProviderId",     .kind = FIELD_UUID, .offset = A(link.idp_id)},
    {.name = "identityProviderUserId", .kind = FIELD_TEXT, .offset = A(link.subject), .flags = FIELD_PERSONAL, .max = LINK_MAX_SUBJECT},
    {.name = "pendingIdPLinkId",       .kind = FIELD_TEXT, .offset = A(pending_id)},
    {.name = "token",                  .kind = FIELD_SECRET, .offset = A(link.token), .max = 8192},
    {.name = "userId",                 .kind = FIELD_UUID, .offset = A(link.user_id)},
};
static const struct field_table request_table = FIELD_TABLE("IdentityProviderLinkRequest", asked_fields, struct asked, NULL);
/* clang-format on */

struct call {
    struct rq *rq;
    struct asked asked;
    const struct tenant *tenant; /* the person's */
    struct user *user;
    const struct idp *idp;
    struct ticket *pending; /* what is completed; NULL: nothing is */
};

/* The link as it is asked for; its required members are not wanted of one that completes a pending one. */
static enum err
read_link(struct call *call)
{
    static const char *const objects[] = {"identityProviderLink", NULL};
    struct rq *rq = call->rq;
    struct field_reader reader = api_reader(rq);
    const struct json *body, *value;
    enum err e = api_body(rq, objects, &request_table, &call->asked, &body);

    if (e != ERR_OK) {
        return e;
    }
    value = json_get(body, S("identityProviderLink"));
    if (value != NULL && value->type != JSON_NULL
        && !field_read(
            &reader, &link_table, FIELD_PATCH, value, S("identityProviderLink"), &call->asked.link)
        && arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    arena_keep_secret(rq->arena);
    return api_faults(rq);
}

static void
want(struct call *call, bool is_there, const char *path)
{
    struct field_reader reader = api_reader(call->rq);

    if (!is_there) {
        field_fault(&reader, path, "blank", "Give it a value.");
    }
}

static enum err
find_user(struct call *call)
{
    struct field_reader reader = api_reader(call->rq);
    enum err e = api_user_find(call->rq, call->asked.link.user_id, &call->tenant, &call->user);

    if (e == ERR_OK && call->user == NULL) {
        field_fault(&reader, "identityProviderLink.userId", "invalid", "There is no such user.");
    }
    return e ? e : api_faults(call->rq);
}

/* What is completed says whose link it is; the request only says to whom. */
static enum err
find_pending(struct call *call)
{
    struct link *link = &call->asked.link;
    struct federate_pending pending;
    enum err e = ticket_find(
        call->rq, call->tenant, TICKET_PENDING_LINK, call->asked.pending_id, &call->pending);

    if (e != ERR_OK) {
        return e;
    }
    if (call->pending == NULL || !federate_pending_read(call->pending, &pending)) {
        return api_refuse(call->rq, "pendingIdPLinkId", "invalid",
            "It is not known, was used, or its time is over.");
    }
    link->idp_id = pending.idp_id;
    link->subject = pending.subject;
    link->display_name = pending.display_name;
    link->token = pending.token;
    return ERR_OK;
}

static enum err
find_provider(struct call *call)
{
    enum err e = idp_load(call->rq, call->tenant, call->asked.link.idp_id, &call->idp);

    if (e == ERR_OK && call->idp == NULL) {
        return api_refuse(call->rq, "identityProviderLink.identityProviderId", "invalid",
            "There is no such identity provider.");
    }
    return e;
}

static enum err
check_free(struct call *call)
{
    struct link *taken;
    int64_t count = 0;
    enum err e =
        link_find(call->rq, call->tenant, call->idp->head.id, call->asked.link.subject, &taken);

    if (e == ERR_OK && taken != NULL) {
        return api_refuse(call->rq, "identityProviderLink.identityProviderUserId", "duplicate",
            "Somebody is linked to this one already.");
    }
    e = e ? e : link_count(call->rq, call->tenant, call->user->id, call->idp->head.id, &count);
    if (e == ERR_OK && count >= link_limit(call->idp, call->tenant)) {
        return api_refuse(call->rq, "identityProviderLink.userId", "limit",
            "This user has as many links to the provider as the tenant allows.");
    }
    return e;
}

static enum err
note(struct call *call, const char *kind, const struct link *before, const struct link *after)
{
    struct api_change change = {
        .kind = kind,
        .id = call->idp->head.id,
        .user_id = call->asked.link.user_id,
        .table = &link_table,
        .before = before,
        .after = after,
    };

    return api_audit(call->rq, call->tenant, &change);
}

static enum err
answer_link(struct call *call, const struct link *link)
{
    struct api_answer answer;

    api_answer_start(call->rq, &answer);
    json_out_name(&answer.out, S("identityProviderLink"));
    field_write(&link_table, FIELD_FOR_API, link, &answer.out);
    return api_answer_send(call->rq, &answer, 200);
}

static enum err
add_link(struct call *call)
{
    struct link *link = &call->asked.link;
    enum err e = check_free(call);

    e = e ? e : link_add(call->rq, call->tenant, call->idp, link);
    if (e != ERR_OK) {
        return e;
    }
    if (call->pending != NULL) {
        ticket_use(call->rq, call->pending);
    }
    link_describe(call->idp, link);
    e = note(call, "user.identity-provider.link", NULL, link);
    return e ? e : answer_link(call, link);
}

enum err
api_link_create(struct rq *rq)
{
    struct call call = {.rq = rq};
    const struct asked *asked = &call.asked;
    enum err e = read_link(&call);

    if (e != ERR_OK) {
        return e;
    }
    want(&call, !uuid_is_nil(asked->link.user_id), "identityProviderLink.userId");
    if (asked->pending_id.n == 0) {
        want(&call, !uuid_is_nil(asked->link.idp_id), "identityProviderLink.identityProviderId");
        want(&call, asked->link.subject.n, "identityProviderLink.identityProviderUserId");
    }
    e = api_faults(rq);
    e = e ? e : find_user(&call);
    e = e || asked->pending_id.n == 0 ? e : find_pending(&call);
    e = e ? e : find_provider(&call);
    return e ? e : add_link(&call);
}

/* ---- what is there ---- */

struct query {
    struct uuid idp_id, user_id;
    str subject;
};

static enum err
read_query(struct rq *rq, struct query *ret)
{
    enum err e = api_query_id(rq, "identityProviderId", &ret->idp_id);

    ret->subject = rq_query_get(rq, S("identityProviderUserId"));
    return e ? e : api_query_id(rq, "userId", &ret->user_id);
}

static enum err
describe(struct rq *rq, const struct tenant *tenant, struct link *link)
{
    const struct idp *idp;
    enum err e = idp_load(rq, tenant, link->idp_id, &idp);

    if (e == ERR_OK && idp != NULL) {
        link_describe(idp, link);
    }
    return e;
}

/* The one of somebody at the provider, of that user where one is named; or ERR_NOT_FOUND. */
static enum err
find_one(struct call *call, const struct query *query, struct link **ret)
{
    struct rq *rq = call->rq;
    enum err e;

    if (uuid_is_nil(query->user_id)) {
        e = api_tenant(rq);
        call->tenant = rq->tenant;
    } else {
        e = api_user_tenant(rq, query->user_id, &call->tenant);
    }
    if (e != ERR_OK || call->tenant == NULL) {
        return e ? e : api_not_found(rq);
    }
    e = link_find(rq, call->tenant, query->idp_id, query->subject, ret);
    if (e == ERR_OK
        && (*ret == NULL
            || (!uuid_is_nil(query->user_id) && !uuid_eq(query->user_id, (*ret)->user_id)))) {
        return api_not_found(rq);
    }
    return e ? e : describe(rq, call->tenant, *ret);
}

static enum err
answer_links(struct call *call, struct link *links, size_t count)
{
    struct api_answer answer;
    enum err e = ERR_OK;

    api_answer_start(call->rq, &answer);
    json_out_name(&answer.out, S("identityProviderLinks"));
    json_out_array(&answer.out);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = describe(call->rq, call->tenant, &links[i]);
        field_write(&link_table, FIELD_FOR_API, &links[i], &answer.out);
    }
    json_out_array_end(&answer.out);
    return e ? e : api_answer_send(call->rq, &answer, 200);
}

static enum err
retrieve_of_user(struct call *call, const struct query *query)
{
    struct link *links;
    size_t count;
    enum err e = api_user_find(call->rq, query->user_id, &call->tenant, &call->user);

    if (e != ERR_OK || call->user == NULL) {
        return e ? e : api_not_found(call->rq);
    }
    e = link_of_user(call->rq, call->tenant, query->user_id, query->idp_id, &links, &count);
    return e ? e : answer_links(call, links, count);
}

enum err
api_link_retrieve(struct rq *rq)
{
    struct call call = {.rq = rq};
    struct query query;
    struct link *link = NULL;
    enum err e = read_query(rq, &query);

    if (e != ERR_OK) {
        return e;
    }
    if (query.subject.n && uuid_is_nil(query.idp_id)) {
        return api_refuse(rq, "identityProviderId", "blank", "Name the identity provider.");
    }
    if (query.subject.n) {
        e = find_one(&call, &query, &link);
        return e || link == NULL ? e : answer_link(&call, link);
    }
    if (uuid_is_nil(query.user_id)) {
        return api_refuse(rq, "userId", "blank", "Name the user, or somebody at a provider.");
    }
    return retrieve_of_user(&call, &query);
}

enum err
api_link_delete(struct rq *rq)
{
    struct call call = {.rq = rq};
    struct field_reader reader = api_reader(rq);
    struct query query;
    struct link *link = NULL;
    enum err e = read_query(rq, &query);

    if (e != ERR_OK) {
        return e;
    }
    if (uuid_is_nil(query.idp_id)) {
        field_fault(&reader, "identityProviderId", "blank", "Name the identity provider.");
    }
    if (query.subject.n == 0) {
        field_fault(&reader, "identityProviderUserId", "blank", "Name somebody at the provider.");
    }
    if (uuid_is_nil(query.user_id)) {
        field_fault(&reader, "userId", "blank", "Name the user.");
    }
    e = api_faults(rq);
    e = e ? e : find_one(&call, &query, &link);
    if (e != ERR_OK || link == NULL) {
        return e ? e : api_not_found(rq);
    }
    e = idp_load(rq, call.tenant, link->idp_id, &call.idp);
    if (e != ERR_OK || call.idp == NULL) {
        return e ? e : api_not_found(rq);
    }
    call.asked.link.user_id = link->user_id;
    link_remove(rq, call.tenant, link);
    e = note(&call, "user.identity-provider.unlink", link, NULL);
    return e ? e : answer_link(&call, link);
}
