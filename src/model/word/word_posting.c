/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of an import hold many users. When one goes the row is written anew, if it still is what was read; when
 * several go in one set, the write that was declared for the first is changed for the others: each row is in a
 * set once. */
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/word/word_internal.h"

enum { FIRST_ROOM = 64 };
/* Of the values of WORD_POSTING_SET, in its order. */
enum { SEGMENT, TENANT, WORD, FIRST, NEW_FIRST, NEW_OTHERS, OTHERS };

struct posting {
    int64_t segment, token;
    struct uuid first;      /* as it is in the database */
    struct db_write *write; /* declared */
    uint8_t *ids;           /* who is left, 16 bytes each */
    size_t count;
};
struct word_postings { /* an open hash */
    struct posting **slots;
    size_t room, count;
};

static size_t
slot_of(const struct word_postings *all, int64_t segment, int64_t token, struct uuid first)
{
    uint64_t n = (uint64_t)token ^ ((uint64_t)segment << 17);
    size_t at;

    for (size_t i = 8; i < sizeof first.b; i++) {
        n = n * 31 + first.b[i];
    }
    at = (size_t)(n * 0x9e3779b97f4a7c15u >> 20) & (all->room - 1);
    while (all->slots[at] != NULL
           && (all->slots[at]->token != token || all->slots[at]->segment != segment
               || !uuid_eq(all->slots[at]->first, first))) {
        at = (at + 1) & (all->room - 1);
    }
    return at;
}

static bool
make_room(struct rq *rq)
{
    struct word_postings *old = rq->postings, *all;

    if (old != NULL && old->count * 2 < old->room) {
        return true;
    }
    all = ARENA_NEW(rq->arena, struct word_postings);
    if (all == NULL) {
        return false;
    }
    all->room = old ? old->room * 4 : FIRST_ROOM;
    all->slots = ARENA_ARRAY(rq->arena, all->room, struct posting *);
    for (size_t i = 0; all->slots != NULL && old != NULL && i < old->room; i++) {
        const struct posting *p = old->slots[i];
        if (p != NULL) {
            all->slots[slot_of(all, p->segment, p->token, p->first)] = old->slots[i];
            all->count++;
        }
    }
    rq->postings = all;
    return all->slots != NULL;
}

/* The row with all whom it holds, and a write of it that changes nothing yet. */
static struct posting *
posting_of(struct rq *rq, const struct tenant *tenant, int64_t segment, int64_t token,
    const struct db_row *row)
{
    struct posting *posting = ARENA_NEW(rq->arena, struct posting);
    bytes others = db_bytes(row, 1);

    if (posting == NULL) {
        return NULL;
    }
    posting->segment = segment;
    posting->token = token;
    posting->first = uuid_from(db_bytes(row, 0));
    posting->count = 1 + others.n / ID_BYTES;
    posting->ids = arena_alloc(rq->arena, posting->count * ID_BYTES);
    if (posting->ids == NULL) {
        return NULL;
    }
    memcpy(posting->ids, posting->first.b, ID_BYTES);
    if (others.n > 0) {
        memcpy(posting->ids + ID_BYTES, others.p, (posting->count - 1) * ID_BYTES);
    }
    rq_write(rq, WORD_POSTING_SET, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_I64(segment), DB_ID(&tenant->id), DB_I64(token), DB_ID(&posting->first),
            DB_ID(&posting->first), DB_BYTES(others), DB_BYTES(others)));
    posting->write = rq->writes.last;
    return arena_failed(rq->arena) ? NULL : posting;
}

/* What is left of the row into its write. */
static void
set_write(struct posting *posting)
{
    struct db_value *values = posting->write->values;

    if (posting->count == 0) {
        posting->write->statement = WORD_POSTING_DELETE;
        values[NEW_FIRST] = values[OTHERS];
        posting->write->count = NEW_FIRST + 1;
        return;
    }
    values[NEW_FIRST].data = bytes_str((bytes){posting->ids, ID_BYTES});
    values[NEW_OTHERS].data =
        bytes_str((bytes){posting->ids + ID_BYTES, (posting->count - 1) * ID_BYTES});
}

static void
take(struct posting *posting, struct uuid id)
{
    size_t i = 0;

    while (i < posting->count
           && !uuid_eq(uuid_from((bytes){posting->ids + i * ID_BYTES, ID_BYTES}), id)) {
        i++;
    }
    if (i < posting->count) {
        memmove(posting->ids + i * ID_BYTES, posting->ids + (i + 1) * ID_BYTES,
            (posting->count - i - 1) * ID_BYTES);
        posting->count--;
        set_write(posting);
    }
}

/* The user is the first of a row, or among the others of the last row that begins before. */
enum err
word_posting_forget(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, int64_t segment, int64_t token)
{
    struct db_row *row;
    size_t slot;
    enum err e = rq_read(rq, WORD_POSTING, &row,
        DB_VALUES(DB_I64(segment), DB_ID(&tenant->id), DB_I64(token), DB_ID(&user_id)));

    if (e != ERR_OK || row == NULL) {
        return e;
    }
    if (!make_room(rq)) {
        return FAIL_SERVER(rq);
    }
    slot = slot_of(rq->postings, segment, token, uuid_from(db_bytes(row, 0)));
    if (rq->postings->slots[slot] == NULL) {
        rq->postings->slots[slot] = posting_of(rq, tenant, segment, token, row);
        rq->postings->count++;
    }
    if (rq->postings->slots[slot] == NULL) {
        return FAIL_SERVER(rq);
    }
    take(rq->postings->slots[slot], user_id);
    return ERR_OK;
}
