/* SPDX-License-Identifier: Apache-2.0 */
/* Ends of grants (RFC 7009, RFC 9700 s4.14): one statement each, whatever their number. */
#include "model/job/job.h"
#include "model/statements.h"
#include "model/token/token_internal.h"

static void
revoke_by(struct rq *rq, const struct tenant *tenant, int statement, const struct uuid *id)
{
    rq_write(rq, statement, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(id)));
}

void
token_revoke(struct rq *rq, const struct tenant *tenant, struct uuid id)
{
    revoke_by(rq, tenant, TOKEN_REVOKE, &id);
}

void
token_revoke_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    revoke_by(rq, tenant, TOKEN_REVOKE_USER, &user_id);
}

void
token_revoke_user_application(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid application_id)
{
    rq_write(rq, TOKEN_REVOKE_USER_APPLICATION, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_ID(&application_id)));
}

void
token_revoke_application(struct rq *rq, const struct tenant *tenant, struct uuid application_id)
{
    revoke_by(rq, tenant, TOKEN_REVOKE_APPLICATION, &application_id);
}

void
token_revoke_session(struct rq *rq, const struct tenant *tenant, struct uuid session_id)
{
    revoke_by(rq, tenant, TOKEN_REVOKE_SESSION, &session_id);
}

void
token_revoke_user_sessions(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    struct uuid none = {{0}};

    rq_write(rq, TOKEN_REVOKE_USER_SESSIONS, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_ID(&none)));
}

void
token_move_session(struct rq *rq, const struct tenant *tenant, struct uuid from, struct uuid to)
{
    rq_write(rq, TOKEN_MOVE_SESSION, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&from), DB_ID(&to)));
}

enum err
token_sweep(struct rq *rq, size_t max, size_t *ret_count)
{
    const struct db_value bound = DB_I64(rq->now);
    const struct job_rows rows = {TOKEN_OVERDUE, TOKEN_SWEEP, &bound, 1};

    return job_sweep(rq, &rows, max, ret_count);
}
