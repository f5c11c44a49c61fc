/* SPDX-License-Identifier: Apache-2.0 */
/* Links in storage. Gate (decision 0017): who adds one touches the person's row first, so an erasure leaves none
 * and the limit counts those that are added at the same time. The provider is not touched: everybody who comes by it for
 * the first time would wait for one row, and a link that its end leaves behind finds nobody. */
#include "model/link/link.h"

#include "model/idp/idp.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user_sealed.h"
#include "model/user/user.h"

enum column { USER, PROVIDER, ID, INSERTED, LAST_LOGIN, DETAIL };

/* clang-format off */
#define L(member) FIELD_AT(struct link, member)
static const struct field link_fields[] = {
    {.name = "data",                   .kind = FIELD_JSON,    .offset = L(data), .flags = FIELD_PERSONAL, .max = 8192},
    {.name = "displayName",            .kind = FIELD_TEXT,    .offset = L(display_name), .flags = FIELD_PERSONAL},
    {.name = "identityProviderId",     .kind = FIELD_UUID,    .offset = L(idp_id), .flags = FIELD_REQUIRED | FIELD_NOT_STORED},
    {.name = "identityProviderName",   .kind = FIELD_TEXT,    .offset = L(idp_name), .flags = FIELD_READ_ONLY},
    {.name = "identityProviderType",   .kind = FIELD_ENUM,    .offset = L(idp_type), .flags = FIELD_READ_ONLY, .default_int = -1, .more.names = idp_types},
    {.name = "identityProviderUserId", .kind = FIELD_TEXT,    .offset = L(subject), .flags = FIELD_REQUIRED | FIELD_PERSONAL, .max = LINK_MAX_SUBJECT},
    {.name = "insertInstant",          .kind = FIELD_INSTANT, .offset = L(insert_instant), .flags = FIELD_READ_ONLY},
    {.name = "lastLoginInstant",       .kind = FIELD_INSTANT, .offset = L(last_login_instant), .flags = FIELD_READ_ONLY},
    {.name = "tenantId",               .kind = FIELD_UUID,    .offset = L(tenant_id), .flags = FIELD_READ_ONLY},
    {.name = "token",                  .kind = FIELD_SECRET,  .offset = L(token), .flags = FIELD_SHOWN, .max = 8192},
    {.name = "userId",                 .kind = FIELD_UUID,    .offset = L(user_id), .flags = FIELD_REQUIRED | FIELD_NOT_STORED},
};
const struct field_table link_table = FIELD_TABLE("IdentityProviderLink", link_fields, struct link, NULL);
/* clang-format on */

static struct seal_place
detail_place(const struct link *link)
{
    return (struct seal_place){"idp_link", "detail", link->tenant_id, link->id};
}

/* Subjects are compared byte by byte (OpenID Connect Core s2: sub is case sensitive), each with its provider. */
static bytes
blind_of(struct rq *rq, const struct tenant *tenant, struct uuid idp_id, str subject)
{
    str text =
        str_fmt(rq->arena, "idp " STRF " " STRF, STRV(uuid_text(rq->arena, idp_id)), STRV(subject));

    return seal_blind(rq, tenant, text);
}

/* *ret NULL for a person who was erased. */
static enum err
open_row(struct rq *rq, const struct tenant *tenant, const struct db_row *row, struct link **ret)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {rq->arena, &faults};
    struct link *link = ARENA_NEW(rq->arena, struct link);
    struct link head = {
        .tenant_id = tenant->id,
        .user_id = uuid_from(db_bytes(row, USER)),
        .idp_id = uuid_from(db_bytes(row, PROVIDER)),
        .id = uuid_from(db_bytes(row, ID)),
    };
    AUTO(key32_wipe) struct key32 key = {{0}};
    const struct json *json;
    bytes text;
    bool found;
    enum err e = seal_user_key(rq, tenant, head.user_id, &key, &found);

    *ret = NULL;
    if (e != ERR_OK || !found) {
        return e;
    }
    e = seal_get(rq, &key, detail_place(&head), db_bytes(row, DETAIL), &text);
    if (e != ERR_OK) {
        return e;
    }
    if (link == NULL || !json_parse(rq->arena, bytes_str(text), &json, NULL)
        || !field_read(&reader, &link_table, FIELD_STORED, json, S("link"), link)) {
        return FAIL_SERVER(rq);
    }
    link->tenant_id = head.tenant_id;
    link->user_id = head.user_id;
    link->idp_id = head.idp_id;
    link->id = head.id;
    link->insert_instant = db_i64(row, INSERTED);
    link->last_login_instant = db_i64(row, LAST_LOGIN);
    *ret = link;
    return ERR_OK;
}

enum err
link_find(
    struct rq *rq, const struct tenant *tenant, struct uuid idp_id, str subject, struct link **ret)
{
    bytes blind = blind_of(rq, tenant, idp_id, subject);
    struct db_row *row;
    enum err e = rq_read(rq, LINK_GET, &row, DB_VALUES(DB_ID(&tenant->id), DB_BYTES(blind)));

    *ret = NULL;
    return e || row == NULL ? e : open_row(rq, tenant, row, ret);
}

enum err
link_of_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid idp_id,
    struct link **ret, size_t *ret_count)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, LINK_OF_USER, LINK_MAX_OF_USER, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_I64(LINK_MAX_OF_USER)));
    struct link *link;

    *ret = ARENA_ARRAY(rq->arena, LINK_MAX_OF_USER, struct link);
    *ret_count = 0;
    if (*ret == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    for (const struct db_row *row = e ? NULL : rows; row != NULL && e == ERR_OK; row = row->next) {
        if (!uuid_is_nil(idp_id) && !uuid_eq(idp_id, uuid_from(db_bytes(row, PROVIDER)))) {
            continue;
        }
        e = open_row(rq, tenant, row, &link);
        if (e == ERR_OK && link != NULL) {
            (*ret)[(*ret_count)++] = *link;
        }
    }
    return e;
}

enum err
link_count(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid idp_id,
    int64_t *ret)
{
    struct db_row *row;
    enum err e = rq_read(
        rq, LINK_COUNT, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_ID(&idp_id)));

    *ret = row != NULL ? db_i64(row, 0) : 0;
    return e;
}

int64_t
link_limit(const struct idp *idp, const struct tenant *tenant)
{
    const struct idp_tenant *said = idp_tenant(idp, tenant->id);

    return said != NULL && said->limit.enabled ? said->limit.max_links : LINK_MAX_OF_USER;
}

static enum err
seal_detail(struct rq *rq, const struct tenant *tenant, const struct link *link, bytes *ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    struct json_out out;
    struct buf buf;
    str text;
    bool found;
    enum err e = user_key(rq, tenant, link->user_id, &key, &found);

    if (e == ERR_OK && !found) {
        e = FAIL(rq, ERR_NOT_FOUND, NULL, "does not exist");
    }
    if (e != ERR_OK) {
        return e;
    }
    rq_json_out(rq, &buf, &out);
    field_write(&link_table, FIELD_FOR_STORE, link, &out);
    if (!buf_done(&buf, &text)) {
        return FAIL_SERVER(rq);
    }
    *ret = seal_put(rq, &key, detail_place(link), str_bytes(text));
    return ret->n ? ERR_OK : FAIL_SERVER(rq);
}

enum err
link_add(struct rq *rq, const struct tenant *tenant, const struct idp *idp, struct link *link)
{
    bytes blind = blind_of(rq, tenant, idp->head.id, link->subject), detail;
    enum err e;

    link->tenant_id = tenant->id;
    link->idp_id = idp->head.id;
    link->id = rq_new_id(rq);
    link->insert_instant = link->last_login_instant = rq->now;
    e = seal_detail(rq, tenant, link, &detail);
    if (e != ERR_OK) {
        return e;
    }
    user_hold(rq, tenant, link->user_id);
    rq_write(rq, LINK_ADD, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_BYTES(blind), DB_ID(&link->user_id), DB_ID(&link->idp_id),
            DB_ID(&link->id), DB_I64(link->insert_instant), DB_I64(link->last_login_instant),
            DB_BYTES(detail), DB_I64(link->is_only ? 1 : link_limit(idp, tenant))));
    return ERR_OK;
}

enum err
link_note_login(struct rq *rq, const struct tenant *tenant, struct link *link)
{
    bytes blind = blind_of(rq, tenant, link->idp_id, link->subject), detail;
    enum err e = seal_detail(rq, tenant, link, &detail);

    if (e != ERR_OK) {
        return e;
    }
    link->last_login_instant = rq->now;
    rq_write(rq, LINK_LOGIN, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_BYTES(blind), DB_ID(&link->id), DB_I64(rq->now),
            DB_BYTES(detail)));
    return ERR_OK;
}

void
link_remove(struct rq *rq, const struct tenant *tenant, const struct link *link)
{
    bytes blind = blind_of(rq, tenant, link->idp_id, link->subject);

    rq_write(rq, LINK_REMOVE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_BYTES(blind), DB_ID(&link->id)));
}

void
link_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(rq, LINK_FORGET_USER, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}

void
link_forget_idp(struct rq *rq, struct uuid idp_id)
{
    rq_write(rq, LINK_FORGET_IDP, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&idp_id)));
}

void
link_describe(const struct idp *idp, struct link *link)
{
    link->idp_name = idp->name;
    link->idp_type = idp->type;
}
