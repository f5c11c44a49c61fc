/* SPDX-License-Identifier: Apache-2.0 */
/* Entities by word: a row for each token (model/word) of what they are called, so that a search opens those that may
 * be meant. One tree, as entities are few and made one at a time. Rows go in the set that makes, renames or ends the
 * entity. */
#include "model/entity/entity_word.h"

#include "model/cache/cache.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"
#include "model/word/word.h"

enum {
    WORDED_AT_ONCE = 10, /* a hundred rows and more */
    HAS_WORDS =
        0, /* in place of a token: of an entity, that it has its rows; of nobody, that all have */
};
static const struct uuid of_nobody = {{0}};

void
entity_word_texts(struct arena *arena, const struct entity *entity, str ret[ENTITY_WORD_TEXTS])
{
    bool is_id = str_eq(entity->client_id, uuid_text(arena, entity->head.id));

    ret[0] = identity_fold(arena, entity->name);
    ret[1] = is_id ? NO_STR : identity_fold(arena, entity->client_id);
}

bool
entity_word_has(struct arena *arena, const struct entity *entity, str word, bool is_prefix)
{
    str texts[ENTITY_WORD_TEXTS], w;
    bool is_last;

    entity_word_texts(arena, entity, texts);
    for (size_t i = 0; i < ENTITY_WORD_TEXTS; i++) {
        while (word_cut(&texts[i], &w, &is_last)) {
            if (is_prefix ? str_starts(w, word) : str_eq(w, word)) {
                return true;
            }
        }
    }
    return false;
}

static void
write_row(struct rq *rq, int statement, const struct tenant *tenant, int64_t token, struct uuid id)
{
    rq_write(
        rq, statement, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_I64(token), DB_ID(&id)));
}

/* Adds or ends the rows of what the entity is called, and the one that says that it has them. */
static void
write_rows(struct rq *rq, int statement, const struct tenant *tenant, const struct entity *entity)
{
    str texts[ENTITY_WORD_TEXTS];
    struct word_tokens tokens;
    bool is_last;
    str word;

    entity_word_texts(rq->arena, entity, texts);
    write_row(rq, statement, tenant, HAS_WORDS, entity->head.id);
    for (size_t i = 0; i < ENTITY_WORD_TEXTS; i++) {
        while (word_cut(&texts[i], &word, &is_last)) {
            word_tokens_one(tenant, word, &tokens);
            for (size_t k = 0; k < tokens.count; k++) {
                write_row(rq, statement, tenant, tokens.of[k], entity->head.id);
            }
        }
    }
}

void
entity_word_add(struct rq *rq, const struct tenant *tenant, const struct entity *entity)
{
    write_rows(rq, ENTITY_WORD_ADD, tenant, entity);
}

void
entity_word_forget(struct rq *rq, const struct tenant *tenant, const struct entity *before)
{
    write_rows(rq, ENTITY_WORD_END, tenant, before);
}

static int64_t
token_of(const struct tenant *tenant, const struct entity_word *word)
{
    bool is_exact;
    int64_t token = 0;

    if (!word->is_prefix) {
        return word_token(tenant, word->text);
    }
    CHECK(word_prefix_token(tenant, word->text, &token, &is_exact));
    return token;
}

enum err
entity_word_find(struct rq *rq, const struct tenant *tenant, const struct entity_word *word,
    struct record_hit *ret, size_t *ret_count)
{
    struct db_row *rows = NULL;
    enum err e = rq_read_all(rq, ENTITY_WORD_IDS, word->max, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_I64(token_of(tenant, word)), DB_ID(&word->after),
            DB_I64((int64_t)word->max)));

    *ret_count = 0;
    for (const struct db_row *row = e ? NULL : rows; row != NULL; row = row->next) {
        ret[(*ret_count)++] = (struct record_hit){uuid_from(db_bytes(row, 0)), true, NULL};
    }
    return e;
}

enum err
entity_word_count(
    struct rq *rq, const struct tenant *tenant, const struct entity_word *word, int64_t *ret)
{
    struct db_row *row = NULL;
    enum err e = rq_read(rq, ENTITY_WORD_COUNT, &row,
        DB_VALUES(DB_ID(&tenant->id), DB_I64(token_of(tenant, word)), DB_I64((int64_t)word->max)));

    *ret = row != NULL ? db_i64(row, 0) : 0;
    return e;
}

static enum err
make_one(struct rq *rq, struct uuid tenant_id, struct uuid id)
{
    const struct tenant *tenant;
    void *entity = NULL;
    enum err e = tenant_load(rq, tenant_id, &tenant);

    if (e == ERR_OK && tenant != NULL) {
        e = record_load(rq, &entity_kind, id, &entity);
    }
    if (e == ERR_OK && entity != NULL) {
        record_hold(rq, &entity_kind, id);
        entity_word_add(rq, tenant, entity);
    }
    return e;
}

enum err
entity_word_make(struct rq *rq, struct uuid *after, bool *ret_is_end)
{
    struct db_row *rows = NULL;
    enum err e = rq_read_all(rq, ENTITY_WORD_LESS, WORDED_AT_ONCE, &rows,
        DB_VALUES(DB_I64(entity_kind.number), DB_ID(after), DB_I64(WORDED_AT_ONCE)));

    *ret_is_end = e == ERR_OK && rows == NULL;
    if (*ret_is_end) {
        rq_write(rq, ENTITY_WORD_ADD, DB_ANY, ERR_OK,
            DB_VALUES(DB_ID(&of_nobody), DB_I64(HAS_WORDS), DB_ID(&of_nobody)));
    }
    for (const struct db_row *row = rows; e == ERR_OK && row != NULL; row = row->next) {
        *after = uuid_from(db_bytes(row, 1));
        if (db_i64(row, 2) == 0) {
            e = make_one(rq, uuid_from(db_bytes(row, 0)), *after);
        }
    }
    return e;
}

enum err
entity_word_is_ready(struct rq *rq, bool *ret)
{
    struct db_row *row = NULL;
    enum err e = rq_read(
        rq, ENTITY_WORD_COUNT, &row, DB_VALUES(DB_ID(&of_nobody), DB_I64(HAS_WORDS), DB_I64(1)));

    *ret = row != NULL && db_i64(row, 0) > 0;
    return e;
}
