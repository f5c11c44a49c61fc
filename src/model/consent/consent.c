/* SPDX-License-Identifier: Apache-2.0 */
/* Remembered consents: one row per user and application. */
#include "model/consent/consent.h"

#include "crypto/hash.h"
#include "model/job/job.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

enum column { REDIRECT, SCOPES, EXPIRES };

/* What is allowed now for the redirect address: a space-separated list, empty when nothing is. */
static enum err
allowed_scopes(struct rq *rq, const struct tenant *tenant, const struct consent *consent, str *ret)
{
    struct digest redirect = sha256(str_bytes(consent->redirect_uri));
    struct db_row *row;
    enum err e = rq_read(rq, CONSENT_GET, &row,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&consent->user_id), DB_ID(&consent->application_id)));

    *ret = NO_STR;
    if (e == ERR_OK && row != NULL && db_i64(row, EXPIRES) > rq->now
        && ct_eq(digest_bytes(&redirect), db_bytes(row, REDIRECT))) {
        *ret = db_str(row, SCOPES);
    }
    return e;
}

static bool
has_all(str list, str wanted)
{
    str word;

    while (str_cut(&wanted, ' ', &word)) {
        if (word.n && !str_has_word(list, word)) {
            return false;
        }
    }
    return true;
}

enum err
consent_holds(struct rq *rq, const struct tenant *tenant, const struct consent *consent, bool *ret)
{
    str scopes;
    enum err e = allowed_scopes(rq, tenant, consent, &scopes);

    *ret = e == ERR_OK && scopes.n && has_all(scopes, consent->scope);
    return e;
}

static str
union_of(struct arena *arena, str list, str more)
{
    str word;

    while (str_cut(&more, ' ', &word)) {
        if (word.n && !str_has_word(list, word)) {
            list = list.n ? str_fmt(arena, STRF " " STRF, STRV(list), STRV(word)) : word;
        }
    }
    return list;
}

enum err
consent_remember(
    struct rq *rq, const struct tenant *tenant, const struct consent *consent, int64_t ttl_s)
{
    struct digest redirect = sha256(str_bytes(consent->redirect_uri));
    str scopes;
    enum err e = allowed_scopes(rq, tenant, consent, &scopes);

    if (e != ERR_OK) {
        return e;
    }
    scopes = union_of(rq->arena, scopes, consent->scope);
    rq_write(rq, CONSENT_PUT, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&consent->user_id), DB_ID(&consent->application_id),
            DB_BYTES(digest_bytes(&redirect)), DB_STR(scopes), DB_I64(rq->now),
            DB_I64(rq->now + ttl_s * SECOND_MS)));
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

void
consent_withdraw(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid application_id)
{
    rq_write(rq, CONSENT_WITHDRAW, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_ID(&application_id)));
}

void
consent_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(
        rq, CONSENT_FORGET_USER, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}

enum err
consent_sweep(struct rq *rq, size_t max, size_t *ret_count)
{
    const struct db_value bound = DB_I64(rq->now);
    const struct job_rows rows = {CONSENT_OVERDUE, CONSENT_SWEEP, &bound, 1};

    return job_sweep(rq, &rows, max, ret_count);
}
