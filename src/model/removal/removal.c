/* SPDX-License-Identifier: Apache-2.0 */
/* Removals in steps: tables of what ends with a tenant and with an application. Rows are found by a reader and
 * removed by key, as in sweeps: the writer looks for nothing. */
#include "model/removal/removal.h"

#include "model/cache/cache.h"
#include "model/record/record.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

enum { MAX_KEYS = 5 };

struct rows { /* of one table */
    int find; /* values: the tenant, the application if it is about one, how many; columns: the key */
    int remove;
    /* Declares what else ends with a row; NULL: nothing. */
    enum err (*also)(struct rq *rq, const struct db_row *row);
};

/* What is compiled must not outlive its row, and what it needed is free. */
static enum err
end_application(struct rq *rq, const struct db_row *row)
{
    struct uuid id = uuid_from(db_bytes(row, 1));

    cache_drop_on_commit(rq, CACHE_APPLICATION, id);
    return record_drop_refs(rq, RECORD_BY_APPLICATION, id);
}

static enum err
end_api_key(struct rq *rq, const struct db_row *row)
{
    struct uuid id = uuid_from(db_bytes(row, 0));

    cache_drop_on_commit(rq, CACHE_API_KEY, id);
    return record_drop_refs(rq, RECORD_BY_API_KEY, id);
}

static enum err
end_signing_key(struct rq *rq, const struct db_row *row)
{
    cache_drop_on_commit(rq, CACHE_SIGNING_KEY, uuid_from(db_bytes(row, 0)));
    return ERR_OK;
}

static enum err
end_record(struct rq *rq, const struct db_row *row)
{
    return record_drop_refs(rq, (enum record_number)db_i64(row, 0), uuid_from(db_bytes(row, 1)));
}

/* clang-format off */
static const struct rows of_tenant[] = { /* in the order of the gates: model/README */
    {APPLICATION_OF_ENDED,      APPLICATION_REMOVE,    end_application},
    {APIKEY_OF_ENDED,           APIKEY_REMOVE,         end_api_key},
    {KEY_OF_ENDED,              KEY_END,               end_signing_key},
    {USER_OF_ENDED,             USER_DELETE,           NULL},
    {IDENTITY_OF_ENDED,         IDENTITY_DELETE,       NULL},
    {REGISTRATION_OF_ENDED,     REGISTRATION_DELETE,   NULL},
    {SESSION_OF_ENDED,          SESSION_DELETE,        NULL},
    {CODE_OF_ENDED,             CODE_END,              NULL},
    {TOKEN_OF_ENDED,            TOKEN_REVOKE,          NULL},
    {TICKET_OF_ENDED,           TICKET_END,            NULL},
    {PASSKEY_OF_ENDED,          PASSKEY_DELETE,        NULL},
    {CONSENT_OF_ENDED,          CONSENT_WITHDRAW,      NULL},
    {LINK_OF_ENDED,             LINK_REMOVE,           NULL},
    {GROUP_MEMBER_OF_ENDED,     GROUP_MEMBER_REMOVE,   NULL},
    {ENTITY_GRANT_OF_ENDED,     ENTITY_GRANT_REMOVE,   NULL},
    {ENTITY_WORD_OF_ENDED,      ENTITY_WORD_END,       NULL},
    {DOSSIER_OF_ENDED,          DOSSIER_END,           NULL},
    {PARENT_OF_ENDED,           PARENT_END,            NULL},
    {WORD_OF_ENDED,             WORD_END,              NULL},
    {OUTBOX_OF_ENDED,           OUTBOX_END,            NULL},
    {AUDIT_OF_ENDED,            AUDIT_REMOVE,          NULL},
    {EVENT_OF_ENDED,            EVENT_END,             NULL},
    {EVENTLOG_OF_ENDED,         EVENTLOG_REMOVE,       NULL},
    {WEBHOOK_EVENT_OF_ENDED,    WEBHOOK_EVENT_SWEEP,   NULL},
    {WEBHOOK_ATTEMPT_OF_ENDED,  WEBHOOK_ATTEMPT_END,   NULL},
    {TALLY_OF_ENDED,            TALLY_REMOVE,          NULL},
    {COUNTER_OF_ENDED,          COUNTER_END,           NULL},
    {ACTIVE_OF_ENDED,           ACTIVE_REMOVE,         NULL},
    {IDP_DOMAIN_OF_ENDED,       IDP_DOMAIN_END,        NULL},
    {RECORD_OF_ENDED,           RECORD_END,            end_record}, /* last: all others may have needed one */
};
static const struct rows of_application[] = {
    {REGISTRATION_OF_ENDED_APPLICATION, REGISTRATION_DELETE, NULL},
    {CODE_OF_ENDED_APPLICATION,         CODE_END,            NULL}, /* before what codes are redeemed for */
    {TOKEN_OF_ENDED_APPLICATION,        TOKEN_REVOKE,        NULL},
    {CONSENT_OF_ENDED_APPLICATION,      CONSENT_WITHDRAW,    NULL},
};
/* clang-format on */
static const struct rows keys_of_tenant = {USER_KEY_OF_ENDED, USER_KEY_ERASE, NULL};

static bool
is_of_all(const struct removal *removal)
{
    return uuid_is_nil(removal->tenant_id);
}

static bool
is_of_tenant(const struct removal *removal)
{
    return uuid_is_nil(removal->application_id);
}

void
removal_begin(struct rq *rq, struct removal removal)
{
    if (is_of_all(&removal)) { /* a note for each tenant */
        rq_write(rq, REMOVAL_PUT_ALL, DB_ANY, ERR_OK,
            DB_VALUES(DB_ID(&removal.application_id), DB_I64(rq->now)));
        return;
    }
    rq_write(rq, REMOVAL_PUT, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&removal.tenant_id), DB_ID(&removal.application_id), DB_I64(rq->now)));
}

enum err
removal_is_noted(struct rq *rq, struct removal removal, bool *ret)
{
    struct db_row *row;
    enum err e =
        is_of_all(&removal)
            ? rq_read(rq, REMOVAL_OF_APPLICATION, &row, DB_VALUES(DB_ID(&removal.application_id)))
            : rq_read(rq, REMOVAL_GET, &row,
                DB_VALUES(DB_ID(&removal.tenant_id), DB_ID(&removal.application_id)));

    *ret = row != NULL;
    return e;
}

static enum err
remove_row(struct rq *rq, const struct rows *rows, const struct db_row *row)
{
    CHECK(row->count <= MAX_KEYS);
    rq_write(rq, rows->remove, DB_ANY, ERR_OK, row->col, row->count);
    return rows->also ? rows->also(rq, row) : ERR_OK;
}

/* Some rows of one table. */
static enum err
remove_rows(struct rq *rq, const struct rows *rows, const struct removal *removal, size_t max,
    size_t *ret_count)
{
    struct db_value values[3] = {DB_ID(&removal->tenant_id)};
    size_t n = 1;
    struct db_row *found;
    enum err e;

    if (!is_of_tenant(removal)) {
        values[n++] = DB_ID(&removal->application_id);
    }
    values[n++] = DB_I64((int64_t)max);
    *ret_count = 0;
    e = rq_read_all(rq, rows->find, max, &found, values, n);
    for (; e == ERR_OK && found != NULL; found = found->next) {
        e = remove_row(rq, rows, found);
        ++*ret_count;
    }
    return e;
}

/* People's keys, before their rows: with them goes what a copy of the data could be opened with. Their own
 * note is held, because their store commits first. *ret_is_done: no key is left, and no note. */
static enum err
remove_keys(
    struct rq *rq, const struct removal *removal, size_t max, size_t *ret_count, bool *ret_is_done)
{
    const struct seal_erasure erasure = {.tenant_id = removal->tenant_id};
    bool is_noted = false;
    enum err e = seal_erasure_is_noted(rq, &erasure, &is_noted);

    e = e ? e : remove_rows(rq, &keys_of_tenant, removal, max, ret_count);
    if (e == ERR_OK && is_noted && *ret_count > 0) {
        seal_hold_erasure(rq, &erasure);
    } else if (e == ERR_OK && is_noted) {
        seal_drop_erasure(rq, &erasure);
    }
    *ret_is_done = !is_noted && *ret_count == 0;
    return e;
}

static enum err
remove_all(struct rq *rq, const struct rows *rows, size_t count, const struct removal *removal,
    size_t max, size_t *ret_count)
{
    size_t found = 0;
    enum err e = ERR_OK;

    *ret_count = 0;
    for (size_t i = 0; e == ERR_OK && i < count && *ret_count < max; i++) {
        e = remove_rows(rq, &rows[i], removal, max - *ret_count, &found);
        *ret_count += found;
    }
    return e;
}

/* *ret_is_done: nothing is left but the note. */
static enum err
remove_some(
    struct rq *rq, const struct removal *removal, size_t max, size_t *ret_count, bool *ret_is_done)
{
    enum err e = ERR_OK;

    *ret_count = 0;
    *ret_is_done = true;
    if (is_of_tenant(removal)) {
        e = remove_keys(rq, removal, max, ret_count, ret_is_done);
    }
    if (e == ERR_OK && *ret_is_done) {
        e = is_of_tenant(removal)
                ? remove_all(rq, of_tenant, COUNT(of_tenant), removal, max, ret_count)
                : remove_all(rq, of_application, COUNT(of_application), removal, max, ret_count);
        *ret_is_done = *ret_count == 0;
    }
    return e;
}

static enum err
step(struct rq *rq, struct removal removal, size_t max, size_t *ret_count)
{
    const struct db_value note[] = {DB_ID(&removal.tenant_id), DB_ID(&removal.application_id)};
    bool is_done = false;
    enum err e = ERR_OK;

    *ret_count = 0;
    rq_write(rq, REMOVAL_HOLD, DB_ONE, ERR_AGAIN, note, COUNT(note));
    if (is_of_tenant(&removal)) { /* a note that came too late: a tenant was made with that id */
        e = tenant_is_there(rq, removal.tenant_id, &is_done);
    }
    if (e == ERR_OK && !is_done) {
        e = remove_some(rq, &removal, max, ret_count, &is_done);
    }
    if (e == ERR_OK && is_done) {
        rq_write(rq, REMOVAL_DROP, DB_ANY, ERR_OK, note, COUNT(note));
    }
    return e;
}

enum err
removal_step_of(struct rq *rq, struct removal removal, size_t max, size_t *ret_count)
{
    struct db_row *row;
    enum err e;

    if (!is_of_all(&removal)) {
        return step(rq, removal, max, ret_count);
    }
    e = rq_read(rq, REMOVAL_OF_APPLICATION, &row, DB_VALUES(DB_ID(&removal.application_id)));
    *ret_count = 0;
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    removal.tenant_id = uuid_from(db_bytes(row, 0));
    return step(rq, removal, max, ret_count);
}

enum err
removal_step(struct rq *rq, size_t max, size_t *ret_count, bool *ret_is_any)
{
    struct removal removal;
    struct db_row *row;
    enum err e = rq_read(rq, REMOVAL_FIRST, &row, DB_VALUES(DB_I64(1)));

    *ret_count = 0;
    *ret_is_any = row != NULL;
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    removal = (struct removal){uuid_from(db_bytes(row, 0)), uuid_from(db_bytes(row, 1))};
    return step(rq, removal, max, ret_count);
}
