/* SPDX-License-Identifier: Apache-2.0 */
/* Sign-in sessions. expires_at is when idleness or age ends a session, whichever comes first, so that
 * the sweep needs no settings; a tenant's shortened idle time counts at once all the same.
 *
 *   (none) -start-> LIVE -touch-> LIVE,  LIVE -end, start, idle, age-> gone */
#include "model/session/session.h"

#include "model/bearer/bearer.h"
#include "model/job/job.h"
#include "model/rq/rq.h"
#include "model/session/session_internal.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/token/token.h"

#define KEPT_MAX_MS (30 * DAY_MS)
#define OTHERS_MAX_MS ((int64_t)12 * HOUR_MS)

enum column { USER, DIGEST, INSERTED, LAST, AUTHENTICATED, EXPIRES, IS_KEPT, HAS_FACTOR, ID };

/* The last eight digits: version 7 ids of tenants made in one minute share the first eight. */
str
session_cookie_name(struct rq *rq, const struct tenant *tenant, const char *name)
{
    const uint8_t *end = tenant->id.b + 12;

    return str_fmt(rq->arena, "%s.%02x%02x%02x%02x", name, end[0], end[1], end[2], end[3]);
}

static str
cookie_of(struct rq *rq, const struct tenant *tenant)
{
    return session_cookie_name(rq, tenant, "cardea.sso");
}

static int64_t
max_age_ms(bool is_kept)
{
    return is_kept ? KEPT_MAX_MS : OTHERS_MAX_MS;
}

static int64_t
idle_ms(const struct tenant *tenant, bool is_kept)
{
    return (is_kept ? tenant->sso.kept_s : tenant->session_idle_s) * SECOND_MS;
}

static int64_t
end_of(const struct tenant *tenant, const struct session *session, int64_t last_instant)
{
    return MIN(last_instant + idle_ms(tenant, session->is_kept),
        session->insert_instant + max_age_ms(session->is_kept));
}

static struct session
session_from_row(const struct tenant *tenant, struct uuid id, const struct db_row *row)
{
    return (struct session){
        .id = id,
        .tenant_id = tenant->id,
        .user_id = uuid_from(db_bytes(row, USER)),
        .insert_instant = db_i64(row, INSERTED),
        .last_instant = db_i64(row, LAST),
        .auth_instant = db_i64(row, AUTHENTICATED),
        .expires_at = db_i64(row, EXPIRES),
        .is_kept = db_i64(row, IS_KEPT) != 0,
        .has_factor = db_i64(row, HAS_FACTOR) != 0,
    };
}

static bool
is_live(const struct tenant *tenant, const struct session *session, int64_t now)
{
    return session->expires_at > now && session->insert_instant <= now + CLOCK_SKEW_MS
           && end_of(tenant, session, session->last_instant) > now;
}

enum err
session_find(struct rq *rq, const struct tenant *tenant, struct session **ret)
{
    str text = rq_cookie(rq, rq_cookie_name(rq, cookie_of(rq, tenant)));
    struct digest digest;
    struct session session;
    struct db_row *row;
    struct uuid id;
    enum err e;

    *ret = NULL;
    if (text.n == 0 || !bearer_read(rq, text, &id, &digest)) {
        return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
    }
    e = rq_read(rq, SESSION_BY_ID, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    session = session_from_row(tenant, id, row);
    if (!bearer_is(&digest, db_bytes(row, DIGEST)) || !is_live(tenant, &session, rq->now)) {
        return ERR_OK;
    }
    *ret = ARENA_NEW(rq->arena, struct session);
    if (*ret == NULL) {
        return FAIL_SERVER(rq);
    }
    **ret = session;
    return ERR_OK;
}

enum err
session_load(struct rq *rq, const struct tenant *tenant, struct uuid id, struct session **ret)
{
    struct session session;
    struct db_row *row;
    enum err e = rq_read(rq, SESSION_BY_ID, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));

    *ret = NULL;
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    session = session_from_row(tenant, id, row);
    if (!is_live(tenant, &session, rq->now)) {
        return ERR_OK;
    }
    *ret = ARENA_NEW(rq->arena, struct session);
    if (*ret == NULL) {
        return FAIL_SERVER(rq);
    }
    **ret = session;
    return ERR_OK;
}

enum err
session_list(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct session **ret,
    size_t *ret_count)
{
    struct db_row *rows;
    size_t count = 0;
    enum err e = rq_read_all(rq, SESSION_BY_USER, SESSION_LIST_MAX, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_I64(rq->now)));

    *ret_count = 0;
    for (const struct db_row *row = e ? NULL : rows; row != NULL; row = row->next) {
        count++;
    }
    *ret = ARENA_ARRAY(rq->arena, MAX(count, 1), struct session);
    if (e != ERR_OK || *ret == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    for (const struct db_row *row = rows; row != NULL; row = row->next) {
        struct session one = session_from_row(tenant, uuid_from(db_bytes(row, ID)), row);

        if (is_live(tenant, &one, rq->now)) {
            (*ret)[(*ret_count)++] = one;
        }
    }
    return ERR_OK;
}

static void
delete_row(struct rq *rq, const struct tenant *tenant, struct uuid id)
{
    rq_write(rq, SESSION_DELETE, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));
}

static void
replace(struct rq *rq, const struct tenant *tenant, const struct session *old,
    const struct session *new)
{
    delete_row(rq, tenant, old->id);
    if (uuid_eq(old->user_id, new->user_id)) {
        token_move_session(rq, tenant, old->id, new->id);
    } else {
        token_revoke_session(rq, tenant, old->id);
    }
}

enum err
session_start(struct rq *rq, const struct tenant *tenant, struct uuid user_id, bool is_kept,
    struct session **ret)
{
    const struct session wanted = {.user_id = user_id, .is_kept = is_kept, .auth_instant = rq->now};

    return session_start_as(rq, tenant, &wanted, ret);
}

enum err
session_start_as(
    struct rq *rq, const struct tenant *tenant, const struct session *wanted, struct session **ret)
{
    struct session *old, *session;
    struct digest digest;
    str text;
    enum err e = session_find(rq, tenant, &old);

    if (e != ERR_OK) {
        return e;
    }
    session = ARENA_NEW(rq->arena, struct session);
    if (session == NULL) {
        return FAIL_SERVER(rq);
    }
    *session = (struct session){.id = rq_new_id(rq),
        .tenant_id = tenant->id,
        .user_id = wanted->user_id,
        .insert_instant = rq->now,
        .last_instant = rq->now,
        .auth_instant = wanted->auth_instant,
        .is_kept = wanted->is_kept,
        .has_factor = wanted->has_factor};
    session->expires_at = end_of(tenant, session, rq->now);
    if (old != NULL) {
        replace(rq, tenant, old, session);
    }
    text = bearer_make(rq, session->id, &digest);
    rq_write(rq, SESSION_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&session->id), DB_ID(&session->user_id),
            DB_BYTES(digest_bytes(&digest)), DB_I64(rq->now), DB_I64(rq->now),
            DB_I64(session->auth_instant), DB_I64(session->expires_at), DB_I64(session->is_kept),
            DB_I64(session->has_factor)));
    rq_set_cookie(rq, cookie_of(rq, tenant), text, session->is_kept ? KEPT_MAX_MS / SECOND_MS : -1);
    *ret = session;
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

void
session_touch(struct rq *rq, const struct tenant *tenant, const struct session *session)
{
    if (rq->now - session->last_instant < MINUTE_MS) {
        return;
    }
    rq_write(rq, SESSION_TOUCH, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&session->id), DB_I64(rq->now),
            DB_I64(end_of(tenant, session, rq->now))));
}

void
session_hold(struct rq *rq, const struct tenant *tenant, struct uuid id, enum err miss)
{
    rq_write(rq, SESSION_HOLD, DB_ONE, miss, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));
}

void
session_end(struct rq *rq, const struct tenant *tenant, const struct session *session)
{
    session_end_elsewhere(rq, tenant, session->id);
    rq_set_cookie(rq, cookie_of(rq, tenant), NO_STR, 0);
}

void
session_end_elsewhere(struct rq *rq, const struct tenant *tenant, struct uuid id)
{
    delete_row(rq, tenant, id);
    token_revoke_session(rq, tenant, id);
}

void
session_end_all(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    session_forget_user(rq, tenant, user_id);
    token_revoke_user_sessions(rq, tenant, user_id);
}

void
session_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(
        rq, SESSION_FORGET_USER, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}

enum err
session_sweep(struct rq *rq, size_t max, size_t *ret_count)
{
    const struct db_value bound = DB_I64(rq->now);
    const struct job_rows rows = {SESSION_OVERDUE, SESSION_SWEEP, &bound, 1};

    return job_sweep(rq, &rows, max, ret_count);
}
