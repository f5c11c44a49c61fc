/* SPDX-License-Identifier: Apache-2.0 */
/* What is noted of people without a change by anybody: sign-ins, passwords found in a breach, sign-ins prevented. */
#include "model/statements.h"
#include "model/tally/tally.h"
#include "model/user/user_internal.h"

void
user_prevent(struct rq *rq, const struct tenant *tenant, struct uuid user_id, int64_t until_instant)
{
    rq_write(rq, USER_PREVENT, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_I64(until_instant)));
}

void
user_prevent_hold(struct rq *rq, const struct tenant *tenant, const struct user *user)
{
    rq_write(rq, USER_PREVENT_HOLD, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user->id), DB_I64(user->prevented_until)));
}

bool
user_is_breached(const struct user *user)
{
    return user->breach.status.n > 0 && !str_eq(user->breach.status, S("None"));
}

enum err
user_note_breach(
    struct rq *rq, const struct tenant *tenant, const struct user *before, struct user *after)
{
    enum err e = user_update(rq, tenant, before, after);

    if (e == ERR_OK && user_is_breached(before) != user_is_breached(after)) {
        tally_add(rq, tenant, user_is_breached(after) ? TALLY_BREACH_FOUND : TALLY_BREACH_END,
            (struct uuid){{0}}, 1);
    }
    return e;
}

static enum err
note_login_rehashed(struct rq *rq, const struct tenant *tenant, struct user *user)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    int64_t version = user->last_update_instant;
    bytes credentials;
    bool found;
    enum err e = user_key(rq, tenant, user->id, &key, &found);

    if (e == ERR_OK && !found) {
        e = FAIL(rq, ERR_NOT_FOUND, NULL, "does not exist");
    }
    if (e == ERR_OK) {
        e = user_seal_credentials(rq, tenant, &key, user, &credentials);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (user->two_factor.is_changed) { /* a code is used up: nothing prepared before may stand */
        version = MAX(rq->now, version + 1);
    }
    rq_write(rq, USER_NOTE_LOGIN_REHASHED, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user->id), DB_I64(rq->now),
            DB_I64(user->password_instant), DB_BYTES(credentials),
            DB_I64(user->last_update_instant), DB_I64(version), DB_I64(user->prevented_until)));
    user->last_update_instant = version;
    return ERR_OK;
}

/* In WHERE password_instant: a reset between the check of the password and this commit wins; and prevented_until: so does
 * an action that keeps the person out. */
enum err
user_note_login(struct rq *rq, const struct tenant *tenant, struct user *user, bool has_new_hash)
{
    enum err e = ERR_OK;

    if (has_new_hash || user->two_factor.is_changed) {
        e = note_login_rehashed(rq, tenant, user);
    } else {
        rq_write(rq, USER_NOTE_LOGIN, DB_ONE, ERR_AGAIN,
            DB_VALUES(DB_ID(&tenant->id), DB_ID(&user->id), DB_I64(rq->now),
                DB_I64(user->password_instant), DB_I64(user->prevented_until)));
    }
    user->last_login_instant = rq->now;
    return e;
}
