/* SPDX-License-Identifier: Apache-2.0 */
/* The end of people: all rows that say something of one, then the key; and what a crash between the two stores has left. */
#include "model/code/code.h"
#include "model/consent/consent.h"
#include "model/dossier/dossier.h"
#include "model/entity/entity.h"
#include "model/event/event.h"
#include "model/family/family.h"
#include "model/group/group.h"
#include "model/link/link.h"
#include "model/outbox/outbox.h"
#include "model/passkey/passkey.h"
#include "model/removal/removal.h"
#include "model/session/session.h"
#include "model/statements.h"
#include "model/tally/tally.h"
#include "model/ticket/ticket.h"
#include "model/token/token.h"
#include "model/user/user_internal.h"
#include "model/webhooklog/webhooklog.h"

enum { TIDIED_AT_ONCE = 100 };

static void
forget(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    const struct db_value *of_user = (const struct db_value[]){DB_ID(&tenant->id), DB_ID(&user_id)};

    rq_write(rq, IDENTITY_FORGET_USER, DB_ANY, ERR_OK, of_user, 2);
    rq_write(rq, REGISTRATION_FORGET_USER, DB_ANY, ERR_OK, of_user, 2);
    session_forget_user(rq, tenant, user_id);
    code_forget_user(rq, tenant, user_id);
    ticket_forget_user(rq, tenant, user_id);
    passkey_forget_user(rq, tenant, user_id);
    token_revoke_user(rq, tenant, user_id);
    consent_forget_user(rq, tenant, user_id);
    link_forget_user(rq, tenant, user_id);
    group_forget_user(rq, tenant, user_id);
    entity_grant_forget_user(rq, tenant, user_id);
    outbox_forget_user(rq, tenant, user_id);
    event_forget_user(rq, tenant, user_id);
    webhooklog_forget_user(rq, tenant, user_id);
    dossier_forget_user(rq, tenant, user_id);
    tally_add(rq, tenant, TALLY_USER_END, (struct uuid){{0}}, 1);
    family_forget_user(rq, tenant, user_id);
    seal_erase_user_key(rq, tenant, user_id);
}

enum err
user_delete(struct rq *rq, const struct tenant *tenant, const struct user *user)
{
    enum err e = user_words_forget(rq, tenant, user->id);

    e = e ? e : registration_count_ends(rq, tenant, user->id);
    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, USER_DELETE, DB_ONE, ERR_AGAIN, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user->id)));
    forget(rq, tenant, user->id);
    if (user_is_breached(user)) {
        tally_add(rq, tenant, TALLY_BREACH_END, (struct uuid){{0}}, 1);
    }
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

enum err
user_clear_erased(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, bool *ret_is_erased)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bool found;
    enum err e = user_key(rq, tenant, user_id, &key, &found);

    *ret_is_erased = e == ERR_OK && !found;
    e = *ret_is_erased ? user_words_forget(rq, tenant, user_id) : e;
    e = *ret_is_erased && e == ERR_OK ? registration_count_ends(rq, tenant, user_id) : e;
    if (*ret_is_erased && e == ERR_OK) {
        rq_write(rq, USER_DELETE, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
        forget(rq, tenant, user_id);
    }
    return e;
}

enum err
user_has_remains(struct rq *rq, const struct tenant *tenant, struct uuid id, bool *ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bool has_rows, has_key = false;
    enum err e = user_exists(rq, tenant, id, &has_rows);

    if (e == ERR_OK && has_rows) { /* the key second: one made anew has it before its row */
        e = user_key(rq, tenant, id, &key, &has_key);
    }
    *ret = e == ERR_OK && has_rows && !has_key;
    return e;
}

enum err
user_finish_erasure(
    struct rq *rq, const struct tenant *tenant, struct uuid id, bool *ret_is_pending)
{
    bool has_rows;
    enum err e = user_exists(rq, tenant, id, &has_rows);

    *ret_is_pending = false;
    if (e == ERR_OK && has_rows) {
        e = user_clear_erased(rq, tenant, id, ret_is_pending);
    }
    return e;
}

/* Who was made while the tenant ended is removed like the rest of it. */
static enum err
note_lost_tenant(struct rq *rq, struct uuid tenant_id)
{
    bool is_there;
    enum err e = tenant_is_there(rq, tenant_id, &is_there);

    if (e == ERR_OK && !is_there) {
        removal_begin(rq, (struct removal){.tenant_id = tenant_id});
    }
    return e;
}

static enum err
tidy_row(struct rq *rq, struct user_cursor *cursor, const struct db_row *row)
{
    const struct tenant *tenant;
    bool is_erased;
    enum err e;

    cursor->tenant_id = uuid_from(db_bytes(row, 0));
    cursor->id = uuid_from(db_bytes(row, 1));
    e = tenant_load(rq, cursor->tenant_id, &tenant);
    if (e != ERR_OK || tenant == NULL) {
        return e ? e : note_lost_tenant(rq, cursor->tenant_id);
    }
    return user_clear_erased(rq, tenant, cursor->id, &is_erased);
}

enum err
user_tidy(struct rq *rq, struct user_cursor *cursor)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, USER_AFTER, TIDIED_AT_ONCE, &rows,
        DB_VALUES(DB_ID(&cursor->tenant_id), DB_ID(&cursor->id)));

    cursor->is_at_end = e == ERR_OK && rows == NULL;
    for (const struct db_row *row = rows; row != NULL && e == ERR_OK; row = row->next) {
        e = tidy_row(rq, cursor, row);
    }
    return e;
}
