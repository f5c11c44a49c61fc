/* SPDX-License-Identifier: Apache-2.0 */
/* What finds a user by word (model/word), kept with the user's row: changed where the row is, from the tokens it names;
 * who changes them meanwhile makes the handler run again. */
#include "model/statements.h"
#include "model/user/user_internal.h"
#include "model/word/word.h"

enum { WORDED_AT_ONCE = 100 };

static enum err
read_words(struct rq *rq, const struct tenant *tenant, struct uuid id, struct db_row **ret)
{
    return rq_read(rq, USER_WORDS, ret, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));
}

static void
set_words(struct rq *rq, const struct tenant *tenant, struct uuid id, bytes words, bytes before)
{
    rq_write(rq, USER_WORDS_SET, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&id), DB_BYTES(words), DB_BYTES(before)));
}

enum err
user_words_change(struct rq *rq, const struct tenant *tenant, const struct user *after)
{
    struct db_row *row;
    bytes words;
    enum err e = read_words(rq, tenant, after->id, &row);

    if (e != ERR_OK || row == NULL) {
        return e;
    }
    e = word_change_user(rq, tenant, db_bytes(row, 0), after, &words);
    if (e == ERR_OK && words.n > 0) {
        set_words(rq, tenant, after->id, words, db_bytes(row, 0));
    }
    return e;
}

/* Who is in the way of two identities is cleared away twice in one set: the second time there is nothing. */
static bool
is_ended_here(const struct rq *rq, const struct tenant *tenant, struct uuid id)
{
    for (const struct db_write *w = rq->writes.first; w != NULL; w = w->next) {
        if (w->statement == USER_DELETE
            && str_eq(w->values[0].data, bytes_str(uuid_bytes(&tenant->id)))
            && str_eq(w->values[1].data, bytes_str(uuid_bytes(&id)))) {
            return true;
        }
    }
    return false;
}

enum err
user_words_forget(struct rq *rq, const struct tenant *tenant, struct uuid id)
{
    const bytes none = {(const uint8_t *)"", 0};
    struct db_row *row;
    bytes before;
    enum err e = read_words(rq, tenant, id, &row);

    if (e != ERR_OK || row == NULL || is_ended_here(rq, tenant, id)) {
        return e;
    }
    before = db_bytes(row, 0).n ? db_bytes(row, 0) : none;
    set_words(rq, tenant, id, none, before); /* what is added meanwhile would be left behind */
    return word_forget_user(rq, tenant, id, before);
}

enum err
user_words_make(struct rq *rq, struct user_cursor *cursor)
{
    const struct tenant *tenant;
    struct user *user;
    struct db_row *rows;
    enum err e = rq_read_all(rq, USER_AFTER_WORDLESS, WORDED_AT_ONCE, &rows,
        DB_VALUES(DB_ID(&cursor->tenant_id), DB_ID(&cursor->id), DB_I64(WORDED_AT_ONCE)));

    cursor->is_at_end = e == ERR_OK && rows == NULL;
    for (const struct db_row *row = rows; e == ERR_OK && row != NULL; row = row->next) {
        cursor->tenant_id = uuid_from(db_bytes(row, 0));
        cursor->id = uuid_from(db_bytes(row, 1));
        if (db_i64(row, 2) > 0) {
            continue;
        }
        e = tenant_load(rq, cursor->tenant_id, &tenant);
        if (e == ERR_OK && tenant != NULL) {
            e = user_load(rq, tenant, cursor->id, USER_PLAIN, &user);
            e = e || user == NULL ? e : user_words_change(rq, tenant, user);
        }
    }
    return e;
}
